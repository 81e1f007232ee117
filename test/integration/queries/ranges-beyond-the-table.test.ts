import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mostExpensiveChains } from '../../../queries/chains.ts'
import { queryEvents } from '../../../queries/events.ts'
import { outcomeAnalytics } from '../../../queries/outcomes.ts'
import { EventQuery } from '../../../schemas/contract/event-query.ts'
import { instantOfMillis, parseInstant } from '../../../schemas/instant.ts'
import { loggedEvent, outcome } from '../../unit/projections/logged-events.ts'
import { migratedStore, type MigratedStore } from '../projections/migrated-store.ts'
import { ExplainedStore } from './explained-store.ts'

/** In order. The table holds the first two as the third, and the last three as the fourth from the end. */
const TIMES = [
  '0001-01-01T00:00:00Z',
  '1899-12-31T23:59:59.999999999Z',
  '1900-01-01T00:00:00Z',
  '1900-01-01T00:00:00.000000001Z',
  '2026-04-23T09:00:00Z',
  '2262-04-11T23:47:16.854775806Z',
  '2262-04-11T23:47:16.854775807Z',
  '2262-04-11T23:47:16.854775808Z',
  '2300-01-01T00:00:00Z',
  '2500-01-01T00:00:00Z',
]
const BOUNDS = [null, ...TIMES, '+275760-09-13']
/** No time, so that the log's own stands in. */
const UNDATED = 'soon'
const LOGGED_AT = Date.UTC(2400, 0)

describe('ranges of time beyond what the table tells apart', () => {
  let migrated: MigratedStore
  beforeAll(async () => {
    migrated = await migratedStore()
    const events = TIMES.map((occurred_at) => loggedEvent(outcome('evt', { tokens: 1n }, { occurred_at })))
    const undated = outcome('evt', { tokens: 1n }, { occurred_at: UNDATED })
    events.push(loggedEvent(undated, { instant: instantOfMillis(LOGGED_AT), loggedAt: LOGGED_AT }))
    await migrated.insert(events)
  })
  afterAll(() => migrated.dispose())

  const within = (start: string | null, end: string | null): string[] =>
    [...TIMES, UNDATED].filter((time) => {
      const instant = parseInstant(time) ?? instantOfMillis(LOGGED_AT)
      return (start === null || instant >= parseInstant(start)!) && (end === null || instant <= parseInstant(end)!)
    })

  test.each(BOUNDS)('are exact, from %s to each', async (start) => {
    for (const end of BOUNDS) {
      for (const tenant_id of ['acme', null]) {
        const context = { store: migrated.store, prefix: null }
        const filter = { tenant_id, time_range: { start, end } }
        const found = await queryEvents(context, EventQuery.parse({ kinds: [], ...filter }))
        const times = found.map(({ envelope }) => envelope.occurred_at)
        expect(times.toSorted(), `to ${end}`).toEqual(within(start, end).toSorted())
        const [outcomes] = await outcomeAnalytics(context, { ...filter, bucket: 'all', by: [] })
        expect(outcomes?.tokens ?? 0n, `to ${end}`).toBe(BigInt(times.length))
      }
    }
  })

  test('are exact for what chains cost', async () => {
    const filter = { tenant_id: null, time_range: { start: '2400-01-01', end: null }, limit: 5n }
    const [chain] = await mostExpensiveChains({ store: migrated.store, prefix: null }, filter)
    expect(chain).toMatchObject({ outcomes: 2n })
  })

  test('cost one more statement, and none within', async () => {
    const statements = async (start: string, end: string): Promise<number> => {
      const store = new ExplainedStore(migrated.store)
      await queryEvents({ store, prefix: null }, EventQuery.parse({ kinds: [], time_range: { start, end } }))
      return store.plans.length
    }
    expect(await statements('1900-01-02', '2262-04-10')).toBe(1)
    expect(await statements('1900-01-02', '9999-12-31')).toBe(2)
    expect(await statements('0001-01-01', '9999-12-31')).toBe(3)
  })

  test('are rejected where they part more times than a statement can list', async () => {
    const beyond = (tenant_id: string, end: string) =>
      queryEvents(
        { store: migrated.store, prefix: null },
        EventQuery.parse({ kinds: [], tenant_id, time_range: { end }, limit: 1 }),
      )
    const times = Array.from({ length: 1001 }, (_, day) => new Date(Date.UTC(3000, 0, day)).toISOString())
    await migrated.insert(
      times.map((occurred_at) => loggedEvent(outcome('evt', {}, { occurred_at, tenant_id: 'far' }))),
    )
    await expect(beyond('far', '9999-12-31')).rejects.toMatchObject({ code: 'InvalidQuery', field: 'time_range' })
    expect(await beyond('acme', '9999-12-31')).toHaveLength(1)
    expect(await beyond('far', '2262-01-01')).toEqual([])
  })
})
