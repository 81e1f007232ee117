import { expect, test } from 'vitest'
import { offset } from '../../../../base/position.ts'
import { ShareLimit, type CountedRange, type ExceededShare } from '../../../../consumers/dead-letters/share-limit.ts'
import { shareText, tooManyDeadLetters } from '../../../../consumers/dead-letters/too-many-dead-letters.ts'
import type { BadRecord, BadRecordReason } from '../../../../consumers/read-record.ts'
import type { StoredRecord } from '../../../../log/record.ts'
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

function range({ topic = 'experience.events.a', first, records, bad = 0, reason }: Range): CountedRange {
  return {
    from: { topic, partition: 0, offset: offset(first) },
    records,
    bad: Array.from({ length: bad }, (_, index) =>
      badRecord(first + index, { topic, ...(reason === undefined ? {} : { reason }) }),
    ),
  }
}

/** Asks about a range, and counts it where it is not too much. */
function take(limit: ShareLimit, given: Range, among: 'ofTopic' | 'ofAll' = 'ofTopic'): ExceededShare | null {
  const counted = range(given)
  const exceeded = limit[among](counted)
  if (exceeded === null) limit.count(counted)
  return exceeded
}

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

test('is never exceeded at a share of 1, and at the first bad record at a share of 0', () => {
  const all = { first: 0, records: 5000, bad: 5000 }
  expect(take(new ShareLimit({ share: 1, window: 10, minimum: 1 }), all)).toBeNull()
  expect(
    take(new ShareLimit({ share: 0, window: 1000, minimum: 1 }), { first: 0, records: 900, bad: 1 }),
  ).not.toBeNull()
})

test('counts each topic by itself, and all of them together', () => {
  const limit = new ShareLimit({ share: 0.5, window: 10_000, minimum: 100 })
  expect(take(limit, { topic: 'experience.events.large', first: 0, records: 5000 })).toBeNull()
  const garbage = { topic: 'experience.events.small', first: 0, records: 100, bad: 100 }
  expect(limit.ofAll(range(garbage))).toBeNull()
  expect(limit.ofTopic(range(garbage))).toMatchObject({ bad: 100, records: 100 })

  const many = new ShareLimit({ share: 0.5, window: 10_000, minimum: 100 })
  for (let tenant = 0; tenant < 9; tenant++) {
    const few = { topic: `experience.events.${tenant}`, first: 0, records: 11, bad: 11 }
    expect([take(many, few), many.ofAll(range({ ...few, bad: 0 }))]).toEqual([null, null])
  }
  expect(take(many, { topic: 'experience.events.z', first: 0, records: 1, bad: 1 }, 'ofAll')).toMatchObject({
    bad: 100,
  })
  many.beginAllAnew()
  expect(take(many, { topic: 'experience.events.z', first: 0, records: 1, bad: 1 }, 'ofAll')).toBeNull()
})

test('forgets what is older than the window, by halves', () => {
  const limit = new ShareLimit({ share: 0.5, window: 100, minimum: 1 })
  expect(take(limit, { first: 0, records: 50 })).toBeNull()
  expect(take(limit, { first: 50, records: 50, bad: 50 })).toBeNull()
  // Both halves are full: the first is let go when the next range has come.
  expect(take(limit, { first: 100, records: 1, bad: 1 })).toMatchObject({ bad: 51, records: 101 })
  expect(take(limit, { first: 100, records: 1 })).toBeNull()
  expect(take(limit, { first: 101, records: 1, bad: 1 })).toMatchObject({ bad: 51, records: 52 })
})

test('counts a range that fails and comes again once it is written, and once', () => {
  const limit = new ShareLimit({ share: 0.5, window: 1000, minimum: 10 })
  for (let delivery = 0; delivery < 5; delivery++)
    expect(limit.ofTopic(range({ first: 0, records: 9, bad: 9 }))).toBeNull()
  expect(take(limit, { first: 0, records: 9, bad: 9 })).toBeNull()
  expect(take(limit, { first: 9, records: 9, bad: 9 })).toMatchObject({ bad: 18 })
})

test('begins anew for one topic', () => {
  const limit = new ShareLimit({ share: 0.5, window: 1000, minimum: 10 })
  expect(take(limit, { first: 0, records: 9, bad: 9 })).toBeNull()
  limit.beginTopicAnew('experience.events.a')
  expect(take(limit, { first: 9, records: 9, bad: 9 })).toBeNull()
  expect(take(limit, { first: 18, records: 1, bad: 1 })).toMatchObject({ bad: 10, records: 10 })
})

test('says share and limit, the commonest reason, a place, and what to do', () => {
  const limit = new ShareLimit({ share: 0.5, window: 1000, minimum: 10 })
  take(limit, { topic: 'experience.events.b', first: 0, records: 8, bad: 8 })
  const bad = [badRecord(40), badRecord(41, { reason: 'UnknownSchema' }), badRecord(42, { reason: 'UnknownSchema' })]
  const from = { topic: 'experience.events.b', partition: 0, offset: offset(40) }
  const exceeded = limit.ofTopic({ from, records: 4, bad })
  expect(exceeded).toMatchObject({ from, commonest: { reason: 'UnknownSchema', example: { record: { offset: 41n } } } })
  const error = tooManyDeadLetters(exceeded!)
  expect(error).toMatchObject({ code: 'TooManyDeadLetters', retryable: false })
  for (const part of [
    '11 of the latest 12 records (91.6 %)',
    'PROJECTOR_DEAD_LETTER_SHARE allows 0.5',
    'Most are UnknownSchema, such as experience.events.a/0/41: the record is none',
    'nothing is lost',
    'SCHEMA_REGISTRY_URL',
    'start again',
  ]) {
    expect(error.message).toContain(part)
  }
  expect(error.message).not.toContain('\n')
})

test('does not call nearly all of the records all of them', () => {
  expect(shareText({ bad: 500, records: 502, share: 0.5 })).toContain('500 of the latest 502 records (99.6 %)')
})

test("names the place of a record that Kafka's log reads only when it is asked for", () => {
  const letter = { key: '', value: Buffer.from('no event'), headers: {}, timestamp: 5 }
  const records: StoredRecord[] = []
  for (const batch of KafkaBatch.in(storedBatch(7, [letter]))) {
    batch.addTo(records, { topic: 'experience.events.a', partition: 3 }, batch.first, batch.next)
  }
  const bad: BadRecord = { ...badRecord(7), record: records[0]! }
  const limit = new ShareLimit({ share: 0, window: 10, minimum: 1 })
  const from = { topic: 'experience.events.a', partition: 3, offset: offset(7) }
  const exceeded = limit.ofTopic({ from, records: 1, bad: [bad] })
  expect(tooManyDeadLetters(exceeded!).message).toContain('experience.events.a/3/7')
})
