import { offset } from '../../../base/position.ts'
import { expect, test } from 'vitest'
import { deadLetterColumns } from '../../../projections/dead-letters/dead-letter-columns.ts'
import { deadLetterRow } from '../../../projections/dead-letters/dead-letter-row.ts'
import { blockOf } from '../../../projections/native/block-builder.ts'
import { migratedStore } from './migrated-store.ts'

test('a dead letter can be read back, byte for byte, and is there once however often its range is projected', async () => {
  const migrated = await migratedStore()
  const { store, generation } = migrated
  const record = {
    topic: 'experience.events.acme',
    partition: 2,
    offset: offset(7),
    key: 'run-1',
    headers: { kind: 'Outcome', '': 'é\0' },
    value: Uint8Array.from([0, 255, 10, 10, 39]),
    timestamp: 1_767_225_600_123,
  }
  const fault = { reason: 'NotFramed', message: "it's no event", field: null, schemaId: null }
  const letters = [record, { ...record, offset: offset(8), value: null }]
  try {
    for (let attempt = 0; attempt < 2; attempt++) {
      const rows = letters.map((each) => deadLetterRow({ record: each, ...fault }, { tenant: () => 'acme' }))
      const block = blockOf(deadLetterColumns, rows)
      await store.insert({ ...block, table: generation.deadLettersTable, deduplicationToken: 'range' })
    }
    const sql = `SELECT * REPLACE (hex(record_value) AS record_value) FROM ${store.table('dead_letters')} ORDER BY offset`
    const common = {
      tenant_id: 'acme',
      topic: record.topic,
      partition: 2,
      logged_at: '2026-01-01 00:00:00.123',
      reason: 'NotFramed',
      message: "it's no event",
      field: null,
      schema_id: null,
      record_key: 'run-1',
      headers: record.headers,
    }
    expect(await store.query({ sql })).toEqual([
      { ...common, offset: '7', record_value: '00FF0A0A27' },
      { ...common, offset: '8', record_value: null },
    ])
  } finally {
    await migrated.dispose()
  }
})
