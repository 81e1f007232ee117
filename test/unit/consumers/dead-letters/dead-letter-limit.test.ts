import { expect, test } from 'vitest'
import { offset, type Offset } from '../../../../base/position.ts'
import { DeadLetterLimit } from '../../../../consumers/dead-letters/dead-letter-limit.ts'
import type { ExceededShare } from '../../../../consumers/dead-letters/share-limit.ts'
import type { TopicHolds } from '../../../../consumers/dead-letters/topic-holds.ts'
import type { BadRecord, BadRecordReason } from '../../../../consumers/read-record.ts'
import type { RecordBatch } from '../../../../log/record.ts'
import { badRecord } from './bad-records.ts'

const TOPIC = 'experience.events.a'

/** A limit of ten bad records that are more than half, and what it holds. */
function limitOf({ isBlind = false } = {}) {
  const held: ExceededShare[] = []
  const released = { upTo: offset(0), times: 0 }
  const holds: TopicHolds = {
    refresh: async () => {},
    heldFrom: async () => null,
    passedTo: async (): Promise<Offset> => released.upTo,
    releases: () => released.times,
    hold: async (exceeded) => void held.push(exceeded),
  }
  const options = { share: 0.5, window: 1000, minimum: 10 }
  const limit = new DeadLetterLimit({ options, holds, readsNothingBeside: async () => isBlind })
  return { limit, held, released }
}

/** Records `[first, first + records)` of a topic, the last of them bad. */
function rangeOf(first: number, records: number, bad: number, reason: BadRecordReason = 'NotFramed', topic = TOPIC) {
  const all = Array.from({ length: records }, (_, index) => badRecord(first + index, { topic, reason }))
  const range: RecordBatch = {
    topic,
    partition: 0,
    first: offset(first),
    next: offset(first + records),
    records: all.map(({ record }) => record),
  }
  return [range, bad === 0 ? [] : all.slice(-bad)] as const
}

async function take(limit: DeadLetterLimit, ...range: readonly [RecordBatch, readonly BadRecord[]]): Promise<void> {
  return limit.count(await limit.judge(...range))
}

test('holds the topic where the range begins', async () => {
  const { limit, held } = limitOf()
  await take(limit, ...rangeOf(0, 9, 9))
  await expect(take(limit, ...rangeOf(9, 3, 1))).rejects.toMatchObject({ code: 'TopicHeld' })
  expect(held).toMatchObject([{ from: { topic: TOPIC, partition: 0, offset: 9n }, bad: 10, records: 12 }])
  await take(limit, ...rangeOf(0, 9, 9, 'NotFramed', 'experience.events.b'))
})

test('lets pass what was released, and counts anew behind it', async () => {
  const { limit, held, released } = limitOf()
  await take(limit, ...rangeOf(0, 9, 9))
  await expect(take(limit, ...rangeOf(9, 20, 20))).rejects.toMatchObject({ code: 'TopicHeld' })
  Object.assign(released, { upTo: offset(40), times: 1 })
  await take(limit, ...rangeOf(9, 20, 20))
  await take(limit, ...rangeOf(29, 20, 20))
  await expect(take(limit, ...rangeOf(49, 1, 1))).rejects.toMatchObject({ code: 'TopicHeld' })
  expect(held.at(-1)).toMatchObject({ from: { offset: 49n }, bad: 10, records: 10 })
})

test('holds behind what was released, where that is within a range', async () => {
  const { limit, held, released } = limitOf()
  Object.assign(released, { upTo: offset(15), times: 1 })
  await expect(take(limit, ...rangeOf(0, 30, 25))).rejects.toMatchObject({ code: 'TopicHeld' })
  expect(held).toMatchObject([{ from: { offset: 15n }, bad: 15, records: 15 }])
})

test('ends the projector, and holds nothing, where it can read no other topic either', async () => {
  const { limit, held } = limitOf({ isBlind: true })
  await expect(take(limit, ...rangeOf(0, 30, 30, 'UnknownSchema'))).rejects.toMatchObject({
    code: 'TooManyDeadLetters',
  })
  expect(held).toEqual([])
  // What is not framed is so with every registry.
  await expect(take(limit, ...rangeOf(0, 30, 30))).rejects.toMatchObject({ code: 'TopicHeld' })
})

test('ends the projector at the sum of what is too little in each topic', async () => {
  const each = async (limit: DeadLetterLimit, tenant: number): Promise<void> =>
    take(limit, ...rangeOf(0, 4, 4, 'UnknownSchema', `experience.events.${tenant}`))
  const blind = limitOf({ isBlind: true })
  for (let tenant = 0; tenant < 2; tenant++) await each(blind.limit, tenant)
  await expect(each(blind.limit, 3)).rejects.toMatchObject({ code: 'TooManyDeadLetters' })
  const reading = limitOf()
  for (let tenant = 0; tenant < 20; tenant++) await each(reading.limit, tenant)
  expect(reading.held).toEqual([])
})
