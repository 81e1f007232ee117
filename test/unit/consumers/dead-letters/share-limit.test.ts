import { offset } from '../../../../base/position.ts'
import { expect, test } from 'vitest'
import { ShareLimit } from '../../../../consumers/dead-letters/share-limit.ts'
import { tooManyDeadLetters } from '../../../../consumers/dead-letters/too-many-dead-letters.ts'
import type { BadRecord, BadRecordReason } from '../../../../consumers/read-record.ts'
import type { StoredRecord } from '../../../../log/event-log.ts'
import { KafkaBatch } from '../../../../log/kafka/format/kafka-batch.ts'
import { storedBatch } from '../../log/record-set.ts'
import { badRecord } from './bad-records.ts'

interface Range {
  readonly topic?: string
  readonly first: number
  readonly records: number
  readonly bad?: number
  readonly reason?: BadRecordReason
}

const take = (limit: ShareLimit, { topic = 'experience.events.a', first, records, bad = 0, reason }: Range) =>
  limit.take(
    { topic, partition: 0, first: offset(first), records: { length: records } },
    Array.from({ length: bad }, (_, index) =>
      badRecord(first + index, { topic, ...(reason === undefined ? {} : { reason }) }),
    ),
  )

test('lets a few bad records pass, whatever their share', () => {
  const limit = new ShareLimit({ share: 0.5, window: 1000, minimum: 10 })
  expect(take(limit, { first: 0, records: 9, bad: 9 })).toBeNull()
  expect(take(limit, { first: 9, records: 1, bad: 1 })).toMatchObject({ bad: 10, records: 10 })
})

test('lets a share pass that is not above the limit', () => {
  const limit = new ShareLimit({ share: 0.5, window: 1000, minimum: 1 })
  expect(take(limit, { first: 0, records: 100, bad: 50 })).toBeNull()
  expect(take(limit, { first: 100, records: 1, bad: 1 })).toMatchObject({ bad: 51, records: 101, share: 0.5 })
})

test('never stops at a share of 1, and at the first bad record at a share of 0', () => {
  const all = { first: 0, records: 5000, bad: 5000 }
  expect(take(new ShareLimit({ share: 1, window: 10, minimum: 1 }), all)).toBeNull()
  expect(
    take(new ShareLimit({ share: 0, window: 1000, minimum: 1 }), { first: 0, records: 900, bad: 1 }),
  ).not.toBeNull()
})

test("looks at all partitions together, so that a small tenant's garbage does not stop the others", () => {
  const limit = new ShareLimit({ share: 0.5, window: 10_000, minimum: 100 })
  expect(take(limit, { topic: 'experience.events.large', first: 0, records: 5000 })).toBeNull()
  expect(take(limit, { topic: 'experience.events.small', first: 0, records: 2000, bad: 2000 })).toBeNull()
})

test('forgets what is older than the window, range by range', () => {
  const limit = new ShareLimit({ share: 0.5, window: 100, minimum: 1 })
  expect(take(limit, { first: 0, records: 100 })).toBeNull()
  expect(take(limit, { first: 100, records: 50, bad: 50 })).toBeNull()
  // The first range is still needed for a window of 100; after this one it is not.
  expect(take(limit, { first: 150, records: 50, bad: 10 })).toMatchObject({ bad: 60, records: 100 })
  expect(take(limit, { first: 200, records: 100 })).toBeNull()
  expect(take(limit, { first: 300, records: 10, bad: 5 })).toBeNull()
})

test('counts a range that is delivered again once', () => {
  const limit = new ShareLimit({ share: 0.5, window: 1000, minimum: 10 })
  for (let delivery = 0; delivery < 5; delivery++) expect(take(limit, { first: 0, records: 9, bad: 9 })).toBeNull()
  expect(take(limit, { topic: 'experience.events.b', first: 0, records: 9, bad: 9 })).toMatchObject({ bad: 18 })
})

test('says share, limit, window, the commonest reason and topic, a place, and what to do', () => {
  const limit = new ShareLimit({ share: 0.5, window: 1000, minimum: 10 })
  take(limit, { topic: 'experience.events.b', first: 0, records: 8, bad: 8, reason: 'UnknownSchema' })
  take(limit, { topic: 'experience.events.a', first: 0, records: 20, bad: 1 })
  const exceeded = take(limit, {
    topic: 'experience.events.b',
    first: 40,
    records: 24,
    bad: 20,
    reason: 'UnknownSchema',
  })
  const error = tooManyDeadLetters(exceeded!)
  expect(error).toMatchObject({ code: 'TooManyDeadLetters', retryable: false })
  for (const part of [
    '29 of the latest 52 records (56 %)',
    'share of 0.5 that PROJECTOR_DEAD_LETTER_SHARE allows',
    'window: 1000 records',
    'UnknownSchema in topic experience.events.b (28)',
    'such as experience.events.b/0/40: the record is none',
    'nothing is lost',
    'SCHEMA_REGISTRY_URL',
    'start again',
  ]) {
    expect(error.message).toContain(part)
  }
  expect(error.message).not.toContain('\n')
})

test("names the place of a record that Kafka's log reads only when it is asked for", () => {
  const letter = { key: '', value: Buffer.from('no event'), headers: {}, timestamp: 5 }
  const records: StoredRecord[] = []
  for (const batch of KafkaBatch.in(storedBatch(7, [letter]))) {
    batch.addTo(records, { topic: 'experience.events.a', partition: 3 }, batch.first, batch.next)
  }
  const bad: BadRecord = { ...badRecord(7), record: records[0]! }
  const limit = new ShareLimit({ share: 0, window: 10, minimum: 1 })
  const exceeded = limit.take({ topic: 'experience.events.a', partition: 3, first: offset(7), records }, [bad])
  expect(tooManyDeadLetters(exceeded!).message).toContain('experience.events.a/3/7')
})
