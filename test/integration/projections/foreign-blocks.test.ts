import { afterAll, beforeAll, expect, test } from 'vitest'
import { migratedStore, type MigratedStore } from './migrated-store.ts'

let migrated: MigratedStore
beforeAll(async () => {
  migrated = await migratedStore()
  for (const [table, others] of [
    ['alone', 0],
    ['beside', 5000],
  ] as const) {
    const name = migrated.store.table(table)
    await migrated.store.command({
      sql: `CREATE TABLE ${name} (tenant_id String, n UInt64, text String) ENGINE = MergeTree ORDER BY (tenant_id, n)`,
    })
    await migrated.store.command({
      sql: `INSERT INTO ${name} SELECT if(number < ${others}, 'aaa', 'acme'), number - ${others}, toString(number - ${others}) FROM numbers(${others + 150_000})`,
    })
    await migrated.store.command({ sql: `OPTIMIZE TABLE ${name} FINAL` })
  }
})
afterAll(() => migrated.dispose())

/** A tenant's rows, whose first granule holds rows of another tenant, or none. */
function answer(table: string, format: string, more: string): Promise<Buffer> {
  const rows = `SELECT t.n AS n, t.text AS text FROM ${migrated.store.table(table)} AS t WHERE t.tenant_id = 'acme' LIMIT 9223372036854775807`
  return migrated.store.answerForeign({
    sql: `SELECT n, text FROM (${rows}) ${more}`,
    tenant: { kind: 'one', tenant: 'acme' },
    format,
    limits: { milliseconds: 60_000, memoryBytes: 2 ** 30, rows: 1_000_000, more: 'one', resultBytes: 2 ** 28 },
  })
}

test.each([
  'Native',
  'ArrowStream',
  'Arrow',
  'Parquet',
  'ORC',
  'Avro',
  'PrettyCompact',
  'JSONColumns',
  'JSONCompactColumns',
  'JSON',
  'RowBinary',
  'MsgPack',
  'BSONEachRow',
  'JSONEachRow',
  'TSKV',
  'Vertical',
])('%s does not tell how many rows of others lie beside a tenant’s', async (format) => {
  for (const more of ['', 'WHERE n % 3 = 0', 'WHERE n < 70000', 'LIMIT 100000']) {
    const [alone, beside] = [await answer('alone', format, more), await answer('beside', format, more)]
    // Avro draws a mark for each file at random.
    const isSame = format === 'Avro' ? alone.length === beside.length : alone.equals(beside)
    expect([more, isSame]).toEqual([more, true])
  }
})

test('rows keep their order', async () => {
  const sorted = 'ORDER BY reverse(text), n DESC LIMIT 140000'
  const wanted = (await answer('alone', 'JSONCompactEachRow', sorted)).toString()
  const columns = JSON.parse((await answer('alone', 'JSONColumns', sorted)).toString()) as {
    n: number[]
    text: string[]
  }
  expect(columns.n.map((n, place) => JSON.stringify([n, columns.text[place]])).join('\n')).toBe(
    wanted.trimEnd().replaceAll(', ', ','),
  )
})
