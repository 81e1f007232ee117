import { describe, expect, test } from 'vitest'
import { LogDigest } from '../../../../log/archive/log-digest.ts'
import type { LoggedRecord } from '../../../../log/archive/logged-record.ts'
import { offset } from '../../../../base/position.ts'
import { bodyOf, portableValue } from '../../../../log/archive/portable-value.ts'
import { presentSchema } from '../../../../log/archive/writer-schema.ts'
import { envelopeToAvro } from '../../../../schemas/avro/codec/envelope-avro.ts'
import { frame } from '../../../../schemas/avro/wire-format.ts'
import { envelopeFromJson } from '../../../../schemas/json/envelope-json.ts'
import { eventValue, fleetRecords } from './archive-fixture.ts'

function digestOf(records: Iterable<LoggedRecord>): string {
  const digest = new LogDigest()
  for (const record of records) digest.add('home', record, record.value)
  return digest.text()
}

const records = [...fleetRecords(50)]
function changed(change: Partial<LoggedRecord>): LoggedRecord[] {
  return [{ ...records[0]!, ...change }, ...records.slice(1)]
}

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

describe('of an event with maps', () => {
  const inOrder = envelopeToAvro(
    envelopeFromJson(`{"event_id":"e","occurred_at":"t","event":{"type":"OutcomeRecorded","data":{"chain_id":"c",
      "step":"Planning","passed":true,"metadata":{"b":"1","a":"2","\u{1F680}":"3","\uFF5E":"4"}}}}`),
  )
  /** The same event as a writer has it that does not order the keys of maps. */
  const outOfOrder = ((): Buffer => {
    const value = presentSchema().type.fromBuffer(inOrder)
    const [{ metadata }] = Object.values(value.event) as [{ metadata: Map<string, string> }]
    const reversed = [...metadata].toReversed()
    metadata.clear()
    for (const [key, text] of reversed) metadata.set(key, text)
    return presentSchema().type.toBuffer(value)
  })()
  const valueOf = (body: Buffer) => portableValue(frame(7, body), async () => presentSchema())

  test('does not depend on their order, which is kept', async () => {
    expect(outOfOrder.equals(inOrder)).toBe(false)
    const value = await valueOf(outOfOrder)
    expect(value.kind).toBe('event')
    expect(value.kind === 'event' && bodyOf(value)).toEqual(outOfOrder)
    expect(digestOf(changed({ value }))).toBe(digestOf(changed({ value: eventValue(inOrder) })))
  })

  test('does not depend on their order for a release that does not take it for an event', () => {
    const framed = (body: Buffer): LoggedRecord[] =>
      changed({ value: { kind: 'framed', schema: presentSchema(), bytes: frame(7, body) } })
    expect(digestOf(framed(outOfOrder))).toBe(digestOf(changed({ value: eventValue(inOrder) })))
  })

  test('sees bytes that no writer of the schema would write', async () => {
    const text = Buffer.from(outOfOrder)
    text[text.indexOf('c', 4)] = 0xff
    const value = await valueOf(text)
    expect(value.kind).toBe('framed')
    const replaced = presentSchema().type.toBuffer(presentSchema().type.fromBuffer(text))
    expect(digestOf(changed({ value }))).not.toBe(digestOf(changed({ value: eventValue(replaced) })))
  })
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
