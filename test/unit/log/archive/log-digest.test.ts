import { expect, test } from 'vitest'
import { LogDigest } from '../../../../log/archive/log-digest.ts'
import type { LoggedRecord } from '../../../../log/archive/logged-record.ts'
import { offset } from '../../../../base/position.ts'
import { fleetRecords } from './archive-fixture.ts'

const digestOf = (records: Iterable<LoggedRecord>): string => {
  const digest = new LogDigest()
  for (const record of records) digest.add('home', record, record.value)
  return digest.text()
}

const records = [...fleetRecords(50)]
const changed = (change: Partial<LoggedRecord>): LoggedRecord[] => [{ ...records[0]!, ...change }, ...records.slice(1)]

test('does not depend on order, places and the order of headers', () => {
  const digest = digestOf(records)
  expect(digest).toMatch(/^[0-9a-f]{32}$/)
  expect(digestOf(records.toReversed())).toBe(digest)
  expect(digestOf(changed({ partition: 5, offset: offset(99) }))).toBe(digest)
  const [a, b] = [
    { x: '1', y: '2' },
    { y: '2', x: '1' },
  ].map((headers) => digestOf(changed({ headers })))
  expect(a).toBe(b)
})

test.each<[string, LoggedRecord[]]>([
  ['a record', records.slice(1)],
  ['a copy', [...records, records[0]!]],
  ['the key', changed({ key: 'other' })],
  ['a header', changed({ headers: { kind: 'other' } })],
  ['the time', changed({ timestamp: 1 })],
  ['no value', changed({ value: { kind: 'none' } })],
  ['an empty value', changed({ value: { kind: 'raw', bytes: Buffer.alloc(0) } })],
])('sees %s', (_, others) => {
  expect(digestOf(others)).not.toBe(digestOf(records))
})

test('tells no value from an empty one', () => {
  const [none, empty] = [
    changed({ value: { kind: 'none' } }),
    changed({ value: { kind: 'raw', bytes: Buffer.alloc(0) } }),
  ]
  expect(digestOf(none)).not.toBe(digestOf(empty))
})
