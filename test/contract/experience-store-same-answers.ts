import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_TENANTS, simulateFleet } from '../../producers/fleet/simulate-fleet.ts'
import { OUTCOME_BUCKETS, OUTCOME_DIMENSIONS } from '../../queries/analytics.ts'
import type { ExperienceStore } from '../../service/store/experience-store.ts'
import { InMemoryExperienceStore } from '../../service/store/in-memory-experience-store.ts'
import { expectNear, withoutPercentiles } from '../outcome-percentiles.ts'

const START = Date.UTC(2026, 3, 23, 12)
const DAY_MS = 86_400_000
const EVENTS = 3000

/** How far the streaming store's percentiles may be from the exact ones, as a share of these. docs/library.md says so. */
const PERCENTILES_DIFFER_BY = 0.03

function whole(part: number) {
  return (ms: number) => new Date(Math.floor(ms / part) * part).toISOString()
}
const time = fc
  .integer({ min: START - DAY_MS, max: START + 4 * DAY_MS })
  .chain((ms) => fc.constantFrom(1, 3_600_000, DAY_MS).map((part) => whole(part)(ms)))
const timeRange = fc.option(fc.record({ start: fc.option(time), end: fc.option(time) }))
const filter = { tenant_id: fc.option(fc.constantFrom(...DEFAULT_TENANTS, 'nobody', '')), time_range: timeRange }

/** The store answers about a fleet what the store in memory does. */
export function describeSameAnswers(open: () => Promise<ExperienceStore>): void {
  describe('analytics of a fleet are those of the store in memory', () => {
    const expected = new InMemoryExperienceStore()
    let store: ExperienceStore
    beforeAll(async () => {
      store = await open()
      const events = [...simulateFleet({ seed: 7, events: EVENTS, start: START, spanMs: 3 * DAY_MS })]
      await expected.appendEvents(events)
      await store.appendEvents(events)
    })
    afterAll(() => store?.close())

    const check = <Query>(queries: fc.Arbitrary<Query>, same: (query: Query) => Promise<void>): Promise<void> =>
      fc.assert(fc.asyncProperty(queries, same), { numRuns: 40 })

    test('outcomes: counts and sums equal, percentiles near', async () => {
      const by = fc.subarray([...OUTCOME_DIMENSIONS])
      await check(fc.record({ ...filter, bucket: fc.constantFrom(...OUTCOME_BUCKETS), by }), async (query) => {
        const [actual, exact] = await Promise.all([store.outcomeAnalytics(query), expected.outcomeAnalytics(query)])
        expect(actual.map(withoutPercentiles)).toEqual(exact.map(withoutPercentiles))
        for (const [index, row] of actual.entries()) expectNear(row, exact[index]!, PERCENTILES_DIFFER_BY)
      })
    })

    test('chains, budgets and the summary', async () => {
      await check(fc.record({ ...filter, limit: fc.integer({ min: 0, max: 50 }) }), async ({ limit, ...query }) => {
        const { tenant_id } = query
        expect(await store.mostExpensiveChains({ ...query, limit })).toEqual(
          await expected.mostExpensiveChains({ ...query, limit }),
        )
        expect(await store.budgetsExceeded(query)).toEqual(await expected.budgetsExceeded(query))
        expect(await store.summariseEvents({ tenant_id })).toEqual(await expected.summariseEvents({ tenant_id }))
      })
    })
  })
}
