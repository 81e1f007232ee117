import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '../../../projections/forms/migrations.ts'
import { blockOf } from '../../../projections/native/block-builder.ts'
import { eventColumns } from '../../../projections/events/event-columns.ts'
import { eventRow } from '../../../projections/events/event-row.ts'
import { kindViews } from '../../../projections/views/kind-views.ts'
import { loggedEvent, outcome } from '../../unit/projections/logged-events.ts'
import { migratedStore, type MigratedStore } from './migrated-store.ts'

const HIGHEST = 2n ** 64n - 1n

/** The columns of 64 bits, with the name that a view gives each. */
const wide = kindViews.flatMap(({ name: view, kind, columns }) =>
  columns.flatMap((column) => {
    const [stored, shown] = typeof column === 'string' ? [column, column] : column
    const type = stored in eventColumns ? eventColumns[stored as keyof typeof eventColumns].type.sql : ''
    return type.includes('UInt64') ? [{ view, kind, stored, shown }] : []
  }),
)

describe('sums over the views', () => {
  let migrated: MigratedStore
  beforeAll(async () => {
    migrated = await migratedStore()
    // Two events of every kind with all columns of 64 bits filled, whichever the kind has.
    const filled = Object.fromEntries(wide.map(({ stored }) => [stored, HIGHEST]))
    const kinds = [...new Set(wide.map(({ kind }) => kind))]
    const rows = kinds.flatMap((kind) =>
      [1, 2].map((n) => ({ ...eventRow(loggedEvent(outcome(`${kind}-${n}`))), ...filled, kind })),
    )
    const block = blockOf(eventColumns, rows)
    await migrated.store.insert({ ...block, table: migrated.generation.eventsTable, deduplicationToken: 'highest' })
  })
  afterAll(() => migrated.dispose())

  const ask = (sql: string): Promise<Record<string, unknown>[]> => migrated.store.query({ sql })
  const planOf = async (measure: string): Promise<string> => {
    const sql = `SELECT hour, backend, ${measure} FROM ${migrated.store.table('outcomes')} GROUP BY hour, backend`
    return (await ask(`EXPLAIN ${sql}`)).map(({ explain }) => explain).join('\n')
  }

  test.each(wide)('$shown of $view does not wrap at 2⁶⁴', async ({ view, shown }) => {
    const sql = `SELECT toString(sum(\`${shown}\`)) AS total, avg(\`${shown}\`) AS mean`
    const [row] = await ask(`${sql} FROM ${migrated.store.table(view)}`)
    if (shown === 'latency_ms') expect(Number(row?.['total'])).toBe(Number(2n * HIGHEST))
    else expect(row?.['total']).toBe(String(2n * HIGHEST))
    expect(row?.['mean']).toBe(Number(HIGHEST))
  })

  test('percentiles of latencies are asked for as ever, and a dollar is a million microdollars', async () => {
    // T-digests hold floats of 32 bits.
    const sql = `SELECT quantilesTDigest(0.5)(latency_ms)[1] = toFloat32(${HIGHEST}) AS median, toString(max(cost_usd)) AS usd
      FROM ${migrated.store.table('outcomes')}`
    expect(await ask(sql)).toEqual([{ median: 1, usd: '18446744073709.551615' }])
  })

  test.each(['sum(tokens)', 'sum(cost_microdollars)', 'sum(cost_microdollars) / 1e6', 'count()', 'countIf(passed)'])(
    '%s is answered from the roll-up',
    async (measure) => expect(await planOf(measure)).toContain('by_hour'),
  )

  test('latencies by hour are answered from the roll-up out of the events', async () => {
    const sql = `SELECT dateTrunc('hour', instant) AS hour, backend, countIf(passed) / count() AS pass_rate,
        quantilesTDigest(0.5, 0.9, 0.95, 0.99)(latency_ms) AS percentiles_ms, sum(toUInt128(cost_microdollars)) / 1e6 AS usd
      FROM ${migrated.store.table('events')}
      WHERE kind = 'OutcomeRecorded' AND tenant_id = 'acme' AND hour >= '2026-04-23 00:00:00' GROUP BY hour, backend`
    expect(JSON.stringify(await ask(`EXPLAIN ${sql}`))).toContain('by_hour')
  })

  test('a view of an earlier release is replaced at the start of this one, over the rows that are there', async () => {
    const { store } = migrated
    const total = `SELECT toString(sum(tokens)) AS total FROM ${store.table('outcomes')}`
    await store.command({
      sql: `CREATE OR REPLACE VIEW ${store.table('outcomes')} AS SELECT event_id, tokens FROM ${store.table('events')}
        WHERE kind = 'OutcomeRecorded' COMMENT 'of an earlier release'`,
    })
    expect(await ask(total)).toEqual([{ total: String(2n ** 64n - 2n) }])
    expect(await migrate(store)).toEqual(migrated.generation)
    expect(await ask(total)).toEqual([{ total: String(2n * HIGHEST) }])
  })
})
