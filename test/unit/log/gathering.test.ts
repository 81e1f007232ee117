import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { offset } from '../../../base/position.ts'
import type { ClaimedBatch, PartitionClaim } from '../../../log/group-consumer.ts'
import { Gathering, type GatheringOptions, type WaitingRange } from '../../../log/gathering.ts'

/** A partition that has so many bytes ready. */
function rangeOf(topic: string, bytes: number, isBehind = false): WaitingRange & { bytesReady: number } {
  const claim: PartitionClaim = {
    topic,
    partition: 0,
    committed: null,
    topicPartitions: 1,
    commit: async () => 'committed',
  }
  const batch = { topic, partition: 0, first: offset(0), next: offset(1), records: [] }
  const range = { bytesReady: bytes, isBehind, bytes: () => range.bytesReady, take: () => ({ batch, claim }) }
  return range
}

/** A gathering whose hand-overs are noted, each with what ends its batches. */
function gatheringOf(options: Partial<GatheringOptions> = {}) {
  const handOvers: { readonly topics: string[]; readonly end: (error?: Error) => void; readonly at: number }[] = []
  const handler = (batches: readonly ClaimedBatch[]): Promise<void>[] => {
    const ends: ((error?: Error) => void)[] = []
    const handled = batches.map(
      () =>
        new Promise<void>((resolve, reject) => ends.push((error) => (error === undefined ? resolve() : reject(error)))),
    )
    handOvers.push({
      topics: batches.map(({ batch }) => batch.topic),
      end: (error) => ends.forEach((end) => end(error)),
      at: performance.now(),
    })
    return handled
  }
  const gathering = new Gathering({ handler, lingerMs: 100, batchBytes: 1000, concurrency: 2, ...options })
  const deliver = (range: WaitingRange, ended = new AbortController().signal): Promise<string> =>
    gathering.deliver(range, ended).then(
      () => 'handled',
      (error: unknown) => String(error),
    )
  return { gathering, deliver, handOvers }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('hands over what came within the linger of the first, together', async () => {
  const { deliver, handOvers } = gatheringOf()
  void deliver(rangeOf('a', 10))
  await vi.advanceTimersByTimeAsync(60)
  void deliver(rangeOf('b', 10))
  await vi.advanceTimersByTimeAsync(39)
  expect(handOvers).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(handOvers.map(({ topics }) => topics)).toEqual([['a', 'b']])
})

test('hands over full batches at once, also where a range grew, and leaves the rest for the next', async () => {
  const { gathering, deliver, handOvers } = gatheringOf()
  const growing = rangeOf('a', 400)
  void deliver(growing)
  void deliver(rangeOf('b', 400))
  growing.bytesReady = 700
  gathering.grew(growing)
  expect(handOvers.map(({ topics }) => topics)).toEqual([['a', 'b']])
  void deliver(rangeOf('c', 999))
  void deliver(rangeOf('d', 1))
  expect(handOvers.map(({ topics }) => topics)).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ])
})

test('has so many hand-overs under way at most, and each batch ends by itself', async () => {
  const { deliver, handOvers } = gatheringOf({ lingerMs: 0 })
  const outcomes = ['a', 'b', 'c', 'd'].map((topic) => deliver(rangeOf(topic, 1)))
  expect(handOvers.map(({ topics }) => topics)).toEqual([['a'], ['b']])
  handOvers[1]?.end(new Error('failed'))
  await vi.advanceTimersByTimeAsync(0)
  expect(handOvers.map(({ topics }) => topics)).toEqual([['a'], ['b'], ['c', 'd']])
  handOvers[0]?.end()
  handOvers[2]?.end()
  expect(await Promise.all(outcomes)).toEqual(['handled', 'Error: failed', 'handled', 'handled'])
})

test('holds small batches to the pace after a few, and full ones not', async () => {
  const { deliver, handOvers } = gatheringOf({ lingerMs: 10, paceMs: 500, concurrency: 1000 })
  for (let time = 0; time < 1000; time++) {
    void deliver(rangeOf('a', 1))
    await vi.advanceTimersByTimeAsync(20)
  }
  // 20 s: four at once, and then one in half a second.
  expect(handOvers.length).toBeGreaterThan(38)
  expect(handOvers.length).toBeLessThan(46)
  const before = handOvers.length
  for (let time = 0; time < 5; time++) void deliver(rangeOf('a', 1000))
  expect(handOvers.length).toBe(before + 5)
})

test('waits a little longer for a full batch where there is a backlog', async () => {
  const { deliver, handOvers } = gatheringOf()
  void deliver(rangeOf('a', 1000))
  handOvers[0]?.end()
  await vi.advanceTimersByTimeAsync(0)
  void deliver(rangeOf('a', 1, true))
  await vi.advanceTimersByTimeAsync(249)
  expect(handOvers).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(2)
  expect(handOvers).toHaveLength(2)
})

test('lets go of a range that is given up while it waits, and waits for one that is handled', async () => {
  const { deliver, handOvers } = gatheringOf()
  const ending = new AbortController()
  const left = deliver(rangeOf('a', 10), ending.signal)
  const handled = deliver(rangeOf('b', 1000))
  expect(handOvers.map(({ topics }) => topics)).toEqual([['a', 'b']])
  const waiting = deliver(rangeOf('c', 10), ending.signal)
  ending.abort(new Error('given up'))
  expect(await waiting).toBe('Error: given up')
  expect(await deliver(rangeOf('d', 10), ending.signal)).toBe('Error: given up')
  handOvers[0]?.end()
  expect(await Promise.all([left, handled])).toEqual(['handled', 'handled'])
  await vi.advanceTimersByTimeAsync(1000)
  expect(handOvers).toHaveLength(1)
})
