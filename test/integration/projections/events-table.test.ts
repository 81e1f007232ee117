import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openChdbReadModelStore } from '../../../projections/clickhouse/chdb-read-model-store.ts'
import type { LoggedEvent } from '../../../projections/events/event-row.ts'
import { rollUpKeys, rollUpMeasures } from '../../../projections/events/roll-up.ts'
import { migrate } from '../../../projections/forms/migrations.ts'
import { loggedEvent, outcome } from '../../unit/projections/logged-events.ts'
import { insertEvents, migratedStore, type MigratedStore } from './migrated-store.ts'

const backends = ['anthropic', 'local', null]
const steps = ['Reasoning', 'Evaluation', 'Planning'] as const

/** Outcomes of two tenants over four hours; some measures are missing, one is as large as 64 bits go. */
function outcomes(count: number, from = 0): LoggedEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const n = from + index
    const minute = String(n % 60).padStart(2, '0')
    const data = {
      step: steps[n % 3]!,
      passed: n % 4 !== 0,
      backend: backends[n % 5] ?? null,
      latency_ms: n % 7 === 0 ? null : BigInt(n * 3),
      tokens: n === 12 ? 2n ** 64n - 1n : BigInt(n),
      cost_microdollars: n % 2 === 0 ? null : BigInt(n * 10),
    }
    const envelope = { tenant_id: n % 11 === 0 ? 'other' : 'acme', occurred_at: `2026-04-23T1${n % 4}:${minute}:00Z` }
    return loggedEvent(outcome(`evt-${n}`, data, envelope))
  })
}

/** They are approximate, and their last digits depend on the order of merging. */
function withoutPercentiles(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...row, result_latency_percentiles: null }
}

describe('table of events', () => {
  let migrated: MigratedStore
  beforeAll(async () => {
    migrated = await migratedStore()
  })
  afterAll(() => migrated.dispose())
  beforeEach(async () => {
    const { store, generation } = migrated
    await store.command({ sql: `TRUNCATE TABLE ${store.table(generation.eventsTable)}` })
  })

  const count = async (): Promise<number> => {
    const sql = `SELECT count() AS events FROM ${migrated.store.table('events')}`
    const [row] = await migrated.store.query<{ events: string }>({ sql })
    return Number(row?.events)
  }

  test('drops a range that is inserted again, and counts it once in every roll-up', async () => {
    const range = outcomes(50)
    await migrated.insert(range, 'range-a')
    await migrated.insert(range, 'range-a')
    await migrated.insert(outcomes(50, 50), 'range-b')
    expect(await count()).toBe(100)
    const measures = { events: rollUpMeasures.events, tokens: rollUpMeasures.tokens }
    expect(await rolledUp(measures)).toEqual(await rolledUp(measures, false))
  })

  test('remembers ranges when the store is opened again', async () => {
    await migrated.insert(outcomes(10), 'range-before')
    const reopened = await openChdbReadModelStore({ directory: migrated.directory })
    try {
      const generation = await migrate(reopened)
      expect(generation).toEqual(migrated.generation)
      await insertEvents(reopened, generation, outcomes(10), 'range-before')
    } finally {
      await reopened.close()
    }
    expect(await count()).toBe(10)
  })

  test('adds up to the same from the roll-up as from the events', async () => {
    for (let n = 0; n < 5; n++) await migrated.insert(outcomes(200, n * 200))
    const fromRollUp = await rolledUp(rollUpMeasures)
    expect(fromRollUp.length).toBeGreaterThan(20)
    expect(await explained(rollUpMeasures)).toContain('by_hour')
    const fromEvents = await rolledUp(rollUpMeasures, false)
    expect(fromRollUp.map(withoutPercentiles)).toEqual(fromEvents.map(withoutPercentiles))
  })

  test('adds numbers of 64 bits without wrapping around', async () => {
    await migrated.insert([1, 2].map((n) => loggedEvent(outcome(`evt-${n}`, { tokens: 2n ** 64n - 1n }))))
    const sql = `SELECT ${rollUpMeasures.tokens} AS total FROM ${migrated.store.table('events')}`
    expect(await migrated.store.query({ sql })).toEqual([{ total: String(2n ** 65n - 2n) }])
  })

  test('reads what one tenant has in a range of time, and no other part', async () => {
    const { store } = migrated
    const many = Array.from({ length: 40_000 }, (_, n) => {
      const envelope = {
        tenant_id: `tenant-${n % 4}`,
        occurred_at: new Date(1_776_000_000_000 + n * 1000).toISOString(),
      }
      return loggedEvent(outcome(`evt-${n}`, {}, envelope))
    })
    await migrated.insert(many)
    const [line] = await store.query<{ explain: string }>({
      sql: `SELECT explain FROM (EXPLAIN indexes = 1 SELECT chain_id FROM ${store.table('outcomes')}
        WHERE tenant_id = 'tenant-2' AND instant < '2026-04-12 15:00:00') WHERE explain LIKE '%Granules: %/%' LIMIT 1`,
    })
    expect(line?.explain).toMatch(/Granules: 1\/5/)
  })

  test('finds an id through its index', async () => {
    const { store } = migrated
    const many = Array.from({ length: 40_000 }, (_, n) => loggedEvent(outcome(`evt-${n}`, { chain_id: `chain-${n}` })))
    await migrated.insert(many)
    const lines = await store.query<{ explain: string }>({
      sql: `EXPLAIN indexes = 1 SELECT payload FROM ${store.table('events')} WHERE chain_id = {chain:String}`,
      params: { chain: 'chain-30000' },
    })
    expect(lines.map(({ explain }) => explain.trim()).join('\n')).toMatch(/Name: by_chain_id[^]*Granules: 1\/5/)
  })

  function statement(measures: Readonly<Record<string, string>>, useRollUp: boolean): string {
    const selected = Object.entries({ ...rollUpKeys, ...measures }).map(([name, sql]) => `${sql} AS \`result_${name}\``)
    const keys = Object.keys(rollUpKeys).map((name) => `\`result_${name}\``)
    return `SELECT ${selected.join(', ')} FROM ${migrated.store.table('events')}
      WHERE tenant_id = 'acme' AND kind = 'OutcomeRecorded'
      GROUP BY ${keys.join(', ')} ORDER BY ${keys.join(', ')} SETTINGS optimize_use_projections = ${useRollUp ? 1 : 0}`
  }

  const rolledUp = (measures: Readonly<Record<string, string>>, useRollUp = true): Promise<Record<string, unknown>[]> =>
    migrated.store.query({ sql: statement(measures, useRollUp) })

  const explained = async (measures: Readonly<Record<string, string>>): Promise<string> => {
    const lines = await migrated.store.query<{ explain: string }>({ sql: `EXPLAIN ${statement(measures, true)}` })
    return lines.map(({ explain }) => explain).join('\n')
  }
})
