import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulateFleet } from '../../../../producers/fleet/simulate-fleet.ts'
import type { LoggedEvent } from '../../../../projections/events/event-row.ts'
import { migrate } from '../../../../projections/forms/migrations.ts'
import { readableViews } from '../../../../projections/views/readable-views.ts'
import { questionViews } from '../../../../projections/views/question-views/question-views.ts'
import { statementFor } from '../../../unit/queries/sql/catalog.ts'
import { loggedEvent } from '../../../unit/projections/logged-events.ts'
import { migratedStore, type MigratedStore } from '../migrated-store.ts'
import { edgeCases } from './edge-cases.ts'
import * as expected from './expected.ts'

type Row = Record<string, unknown>

/** By view: what it is to hold, and what orders its rows. */
const VIEWS: readonly (readonly [string, (events: readonly LoggedEvent[]) => Readonly<Row>[], readonly string[]])[] = [
  ['calibration', expected.calibrationOf, ['tenant_id', 'hour', 'domain', 'confidence_from']],
  ['gate_waits', expected.gateWaitsOf, ['tenant_id', 'event_id']],
  ['outcome_costs', expected.outcomeCostsOf, ['tenant_id', 'hour', 'backend', 'step']],
  ['chain_retries', expected.chainRetriesOf, ['tenant_id', 'chain_id']],
  ['outcome_policies', expected.outcomePoliciesOf, ['tenant_id', 'event_id']],
  ['outcome_adapters', expected.outcomeAdaptersOf, ['tenant_id', 'event_id']],
]

/** Sums of floats depend on their order. */
function comparable(rows: readonly Readonly<Row>[], keys: readonly string[], columns: readonly string[]): Row[] {
  const rounded = (value: unknown): unknown =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(12)) : value
  const shown = rows.map((row) => Object.fromEntries(columns.map((name) => [name, rounded(row[name])])))
  const keyOf = (row: Row): string => JSON.stringify(keys.map((key) => String(row[key])))
  return shown.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

describe('views that answer questions', () => {
  let migrated: MigratedStore
  const events = [...[...simulateFleet({ seed: 13, events: 6000 })].map((each) => loggedEvent(each)), ...edgeCases()]

  beforeAll(async () => {
    migrated = await migratedStore()
    await migrated.insert(events)
  })
  afterAll(() => migrated.dispose())

  const ask = (sql: string): Promise<Row[]> => migrated.store.query<Row>({ sql })
  const tenants = [...new Set(events.map(({ envelope }) => envelope.tenant_id))]

  test('are all compared here', () => {
    expect(VIEWS.map(([name]) => name)).toEqual(questionViews.map(({ name }) => name))
  })

  describe.each(VIEWS)('%s', (view, expectedOf, keys) => {
    test('holds what is computed by hand from all events', async () => {
      const wanted = expectedOf(events)
      const columns = Object.keys(wanted[0]!)
      const rows = await ask(`SELECT * FROM ${migrated.store.table(view)}`)
      expect(wanted.length).toBeGreaterThan(20)
      expect(comparable(rows, keys, columns)).toEqual(comparable(wanted, keys, columns))
    })

    test('holds the same rows of a tenant behind the wall, whoever else has events', async () => {
      for (const tenant of tenants) {
        if (tenant === null) continue
        const statement = statementFor(`SELECT * FROM ${view}`, {}, { kind: 'one', tenant })
        if (statement.kind === 'refused') throw new Error(JSON.stringify(statement.faults))
        const wanted = expectedOf(events.filter(({ envelope }) => envelope.tenant_id === tenant))
        const rows = await ask(statement.sql)
        const columns = Object.keys(wanted[0] ?? rows[0] ?? {})
        expect(comparable(rows, keys, columns)).toEqual(comparable(wanted, keys, columns))
      }
    })

    test('has a comment on itself and on each column', async () => {
      const rows = await ask(
        `SELECT name, comment FROM system.columns WHERE database = '${migrated.store.database}' AND table = '${view}' ORDER BY position`,
      )
      expect(rows.map(({ name }) => name)).toEqual(readableViews.get(view)!.columns)
      expect(rows.filter(({ comment }) => comment === '')).toEqual([])
    })

    test('answers the same with a condition that is asked of single events', async () => {
      const { narrowedBy } = questionViews.find(({ name }) => name === view)!
      const all = await ask(`SELECT * FROM ${migrated.store.table(view)} WHERE tenant_id = 'nordbank'`)
      for (const column of new Set(Object.values(narrowedBy).flat())) {
        const value = all.map((row) => row[column]).find((each) => typeof each === 'string')
        if (value === undefined) continue
        const condition = `${column} ${column === 'instant' || column === 'hour' ? '>=' : '='} {v:String}`
        const statement = statementFor(
          `SELECT * FROM ${view} WHERE ${condition}`,
          { v: value },
          { kind: 'one', tenant: 'nordbank' },
        )
        if (statement.kind === 'refused') throw new Error(JSON.stringify(statement.faults))
        const columns = readableViews.get(view)!.columns
        const wanted = all.filter((row) =>
          condition.includes('>=') ? (row[column] as string) >= value : row[column] === value,
        )
        expect(comparable(await ask(statement.sql), keys, columns)).toEqual(comparable(wanted, keys, columns))
      }
    })
  })

  test('tell what they cannot know, instead of leaving it out', async () => {
    const waits = await ask(
      `SELECT wait_unknown, count() AS gates FROM ${migrated.store.table('gate_waits')} WHERE tenant_id = 'edge' GROUP BY wait_unknown ORDER BY wait_unknown`,
    )
    expect(waits).toEqual([
      { wait_unknown: 'decided before it was requested', gates: '1' },
      { wait_unknown: 'decided_at cannot be read', gates: '2' },
      { wait_unknown: 'neither time can be read', gates: '1' },
      { wait_unknown: 'requested_at cannot be read', gates: expect.any(String) as string },
      { wait_unknown: null, gates: expect.any(String) as string },
    ])
    const [fleet] = await ask(
      `SELECT count() AS gates, countIf(wait_ms IS NULL) AS unknown FROM ${migrated.store.table('gate_waits')} WHERE tenant_id != 'edge'`,
    )
    expect(fleet).toEqual({ gates: expect.any(String) as string, unknown: '0' })
    const [costs] = await ask(
      `SELECT toString(sum(tokens)) AS tokens FROM ${migrated.store.table('outcome_costs')} WHERE tenant_id = 'edge' AND backend = 'wide'`,
    )
    expect(costs).toEqual({ tokens: String(2n * (2n ** 64n - 1n)) })
  })

  test('are made over a read model of a release that lacks them; a tenant’s statement needs none of them', async () => {
    const { store } = migrated
    const counts = async (): Promise<unknown[]> => {
      const asked = questionViews.map(async ({ name }) => {
        const statement = statementFor(`SELECT count() AS n FROM ${name}`)
        if (statement.kind === 'refused') throw new Error(JSON.stringify(statement.faults))
        return (await ask(statement.sql))[0]?.['n']
      })
      return Promise.all(asked)
    }
    const before = await counts()
    for (const { name } of questionViews) await store.command({ sql: `DROP VIEW ${store.table(name)}` })
    await store.command({ sql: `CREATE VIEW ${store.table('calibration')} AS SELECT 1 AS x` })
    expect(await counts()).toEqual(before)
    expect(await migrate(store)).toEqual(migrated.generation)
    for (const { name, comment, columns } of questionViews) {
      const [found] = await ask(
        `SELECT comment, (SELECT groupArray(name) FROM system.columns WHERE database = '${store.database}' AND table = '${name}') AS names
          FROM system.tables WHERE database = '${store.database}' AND name = '${name}'`,
      )
      expect(found).toEqual({ comment, names: Object.keys(columns) })
    }
  })
})
