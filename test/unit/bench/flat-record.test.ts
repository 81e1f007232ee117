import { offset } from '../../../base/position.ts'
import { expect, it } from 'vitest'
import { flatColumns, flatName, flatRecord } from '../../../bench/topics/flat-record.ts'
import { eventColumns } from '../../../projections/events/event-columns.ts'
import { eventRow } from '../../../projections/events/event-row.ts'
import { parseEnvelope } from '../../../schemas/contract/envelope.ts'
import { outcome } from '../../integration/test-events.ts'

const row = eventRow({
  envelope: parseEnvelope(outcome({ tenant_id: 'acme' }, { backend: '"é' })),
  instant: 1_777_000_000_123_456_789n,
  instantSource: 'text',
  digest: Uint8Array.from({ length: 16 }, (_, index) => (index === 0 ? 1 : index === 8 ? 2 : 0)),
  topic: 'topic',
  partition: 3,
  offset: offset(4),
  loggedAt: 5,
  sequence: 0,
})

function fieldsOf(text: string): Record<string, string> {
  const names = new Map(flatColumns(eventColumns).map(([name, , place]) => [flatName(place), name]))
  const fields = Object.entries(JSON.parse(text) as Record<string, unknown>)
  return Object.fromEntries(fields.map(([name, value]) => [names.get(name), value])) as Record<string, string>
}

it('a whole record holds every value of the row but those that Kafka knows', () => {
  const text = flatRecord(row, 'whole')
  const given = Object.entries(row).filter(([, value]) => value !== null)
  const known = new Set(['topic', 'partition', 'offset', 'logged_at'])
  expect(Object.keys(fieldsOf(text))).toEqual(given.map(([name]) => name).filter((name) => !known.has(name)))
  expect(fieldsOf(text)).toMatchObject({ tenant_id: 'acme', payload: row.payload })
})

it('integers keep all their digits', () => {
  const text = flatRecord(row, 'whole')
  expect(text).toContain(':1777000000123456789,')
  // The least significant byte of a digest is the first.
  expect(fieldsOf(text)['digest']).toBe(String(1n + 2n ** 65n))
})

it('a lean record lacks the payload, and nothing else', () => {
  const { payload, ...rest } = fieldsOf(flatRecord(row, 'whole'))
  expect(payload).toBe(row.payload)
  expect(fieldsOf(flatRecord(row, 'lean'))).toEqual(rest)
})
