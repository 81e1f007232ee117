import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { NewPartitions } from '../../../log/kafka/consume/new-partitions.ts'

function seen(...topics: string[]) {
  return {
    cluster: '',
    brokers: 1,
    controller: 1,
    ids: new Map<string, string>(),
    refused: new Set<string>(),
    allowed: new Map<string, number>(),
    topics: new Map(topics.map((topic) => [topic, [{ partition: 0, leader: 1, replicas: 1, inSync: 1 }]])),
  }
}
const dealt = [{ topic: 'p.a', partition: 0 }]

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('finds each partition once that nobody was assigned, and none of other prefixes', () => {
  const fresh = new NewPartitions({ members: 1, dealt }, 1)
  expect(fresh.among(seen('p.a', 'other'), 'p.')).toEqual([])
  expect(fresh.among(seen('p.a', 'p.b', 'other'), 'p.')).toEqual([{ topic: 'p.b', partition: 0 }])
  expect(fresh.among(seen('p.a', 'p.b'), 'p.')).toEqual([])
})

test('never finds a partition again that was assigned, though its topic went and came', () => {
  const fresh = new NewPartitions({ members: 1, dealt }, 1)
  expect(fresh.among(seen(), 'p.')).toEqual([])
  expect(fresh.among(seen('p.a'), 'p.')).toEqual([])
})

test('asks for the group to deal anew a minute after the first find, also without other members', () => {
  const fresh = new NewPartitions({ members: 1, dealt }, 1)
  vi.advanceTimersByTime(120_000)
  expect(fresh.areDue()).toBe(false)
  fresh.among(seen('p.b', 'p.c', 'p.d'), 'p.')
  vi.advanceTimersByTime(59_000)
  expect(fresh.areDue()).toBe(false)
  vi.advanceTimersByTime(2000)
  expect(fresh.areDue()).toBe(true)
})

test('asks after seconds where other members could take a load that has doubled', () => {
  const fresh = new NewPartitions({ members: 2, dealt }, 1)
  fresh.among(seen('p.b'), 'p.')
  vi.advanceTimersByTime(6000)
  expect(fresh.areDue()).toBe(false)
  fresh.among(seen('p.b', 'p.c'), 'p.')
  expect(fresh.areDue()).toBe(true)
})
