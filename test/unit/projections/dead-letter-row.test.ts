import { offset } from '../../../base/position.ts'
import { expect, test } from 'vitest'
import { deadLetterRow } from '../../../projections/dead-letters/dead-letter-row.ts'

const record = {
  topic: 'experience.events.acme',
  partition: 2,
  offset: offset(7),
  key: 'run-1',
  headers: { kind: 'OutcomeRecorded' },
  value: Uint8Array.from([0, 255]),
  timestamp: 1_767_225_600_123,
}
const fault = { reason: 'Invalid', message: 'event_id must not be empty', field: 'event_id', schemaId: 3 }

test('a dead letter keeps the record and says what is wrong', () => {
  expect(deadLetterRow({ record, ...fault }, { tenant: () => 'acme' })).toEqual({
    tenant_id: 'acme',
    topic: 'experience.events.acme',
    partition: 2,
    offset: 7n,
    logged_at: 1_767_225_600_123,
    reason: 'Invalid',
    message: 'event_id must not be empty',
    field: 'event_id',
    schema_id: 3,
    record_key: 'run-1',
    headers: { kind: 'OutcomeRecorded' },
    record_value: record.value,
  })
})

test.each([
  [null, ''],
  [undefined, null],
])('a topic whose tenant is %s gives the tenant %j', (tenant, column) => {
  expect(deadLetterRow({ record, ...fault }, { tenant: () => tenant }).tenant_id).toBe(column)
})
