import { expect, test } from 'vitest'
import { offset } from '../../../../base/position.ts'
import { HeldTopics } from '../../../../operations/holds/held-topics.ts'
import { holdNotice, topicHeld } from '../../../../operations/holds/hold-texts.ts'
import type { LoggedOperation, Operation } from '../../../../operations/log/operation.ts'
import { generationsState, latestReadModel } from '../../../../operations/rebuild/generations-state.ts'

const [A, B] = ['experience.events.a', 'experience.events.b']

function held(topic: string, at: number, changes: Partial<Extract<Operation, { type: 'TopicHeld' }>> = {}): Operation {
  return {
    type: 'TopicHeld',
    read_model: 'one',
    database: 'experience_log',
    topic,
    position: `${topic}/0/${at}`,
    bad: 30,
    records: 35,
    share: 0.5,
    reason: 'NotFramed',
    example: `${topic}/0/${at + 1}`,
    message: 'the record is none',
    ...changes,
  }
}
function released(topic: string, ...upTo: number[]): Operation {
  return {
    type: 'TopicReleased',
    topic,
    up_to: upTo.map((at, partition) => `${topic}/${partition}/${at}`),
  }
}
const deleted: Operation = { type: 'TenantDeleted', tenant: 'a', topic: A, records: 1, events: 1, dead_letters: 0 }

function log(operations: readonly Operation[]): LoggedOperation[] {
  return operations.map((operation, index) => ({ at: `2026-01-01T00:00:0${index}Z`, by: 'ann@host', operation }))
}
function fold(...operations: Operation[]): HeldTopics {
  return new HeldTopics(log(operations), 'one')
}
function names(topics: HeldTopics): string[] {
  return topics.all().map(({ topic }) => topic)
}

test('a topic is held from its first place until it is released or its tenant deleted', () => {
  const topics = fold(held(A, 5), held(B, 2), held(A, 3))
  expect(names(topics)).toEqual([A, B])
  expect(topics.get(A)).toMatchObject({ position: { partition: 0, offset: 5n }, heldAt: '2026-01-01T00:00:00Z' })
  expect(names(fold(held(A, 5), held(B, 2), released(A, 40)))).toEqual([B])
  expect(names(fold(held(A, 5), deleted))).toEqual([])
})

test('is held again only behind what was released', () => {
  expect(names(fold(held(A, 5), released(A, 40), held(A, 5)))).toEqual([])
  expect(names(fold(held(A, 5), released(A, 40), held(A, 40)))).toEqual([A])
  // The topic of the tenant's next events begins at 0.
  expect(names(fold(held(A, 5), released(A, 40), deleted, held(A, 5)))).toEqual([A])
})

test('knows what was let pass, and how often', () => {
  const topics = fold(held(A, 5), released(A, 40, 7), held(A, 50), released(A, 60))
  expect(topics.passedTo({ topic: A, partition: 0 })).toBe(offset(60))
  expect(topics.passedTo({ topic: A, partition: 1 })).toBeNull()
  expect([topics.releases(A), topics.releases(B)]).toEqual([2, 0])
})

test('holds are those of one read model, releases of all', () => {
  const other = held(A, 5, { read_model: 'other' })
  expect(names(fold(other, held(B, 1)))).toEqual([B])
  expect(new HeldTopics(log([other, released(A, 9)]), 'other').all()).toEqual([])
  expect(fold(other, released(A, 9)).passedTo({ topic: A, partition: 0 })).toBe(offset(9))
})

test('says nothing of generations, and names the read model of a database', () => {
  const operations = log([held(A, 5)])
  expect(generationsState(operations, 'one')).toMatchObject({ target: null, rebuild: null })
  expect(latestReadModel(operations, 'experience_log')).toBe('one')
})

test('projectors and readers are told the topic, the place, why, and the command', () => {
  const [topic] = fold(held(A, 5)).all()
  const notice = holdNotice(topic!)
  for (const part of [
    `the topic ${A} is held at ${A}/0/5 (since 2026-01-01T00:00:00Z)`,
    '30 of the latest 35 records (85.7 %)',
    `NotFramed, such as ${A}/0/6: the record is none`,
    'nothing is lost',
    `"experience-log dead-letters release ${A}"`,
  ]) {
    expect(notice).toContain(part)
  }
  const error = topicHeld(Array.from({ length: 12 }, () => topic!))
  expect(error).toMatchObject({ code: 'TopicHeld', retryable: false })
  expect(error.message).toContain(`${A} from ${A}/0/5 on (NotFramed)`)
  expect(error.message).toContain('of 2 more topics')
})
