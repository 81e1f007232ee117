import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EventQueryInput } from '../../schemas/contract/event-query.ts'
import type { ExperienceStore } from '../../service/store/experience-store.ts'
import { outcome, traceRecorded, uniqueId } from '../integration/test-events.ts'

const INSTANTS = ['1970-01-01T00:00:00Z', '2026-04-23T09:00:00Z', '2026-04-23T11:00:00+02:00', '2026-04-23T10:00:00Z']

/** One call: what it appends, each an instant's and a tenant's place in their lists, and how. */
const call = fc.record({
  events: fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 8 }),
  how: fc.constantFrom('one by one', 'list', 'atomic list'),
})
const question = fc.record({
  tenant: fc.option(fc.nat(2)),
  limit: fc.option(fc.nat(12)),
  page: fc.integer({ min: 1, max: 5 }),
  descending: fc.boolean(),
})

/** In which order every experience store answers, where instants are equal. */
export function describeOrder(open: () => Promise<ExperienceStore>): void {
  describe('order', () => {
    let store: ExperienceStore
    beforeAll(async () => {
      store = await open()
    })
    afterAll(() => store?.close())

    const idsOf = (found: readonly { readonly event_id: string }[]): string[] => found.map(({ event_id }) => event_id)

    const idsInPages = async (query: EventQueryInput, page: number): Promise<string[]> => {
      const ids: string[] = []
      for (let after: string | null = null; ;) {
        const { events, next } = await store.queryEventPage({ ...query, limit: page, after })
        ids.push(...idsOf(events))
        if (next === null) return ids
        after = next
      }
    }

    test('of equal instants is that of their append, whatever the tenants, limits and pages', async () => {
      const tenants = ['b', 'a', 'c'].map((name) => uniqueId(name))
      const property = fc.asyncProperty(
        fc.array(call, { minLength: 1, maxLength: 6 }),
        fc.array(question, { minLength: 4, maxLength: 4 }),
        async (calls, questions) => {
          const correlation_id = uniqueId('run')
          const appended: { id: string; instant: number; tenant: string | null }[] = []
          for (const { events, how } of calls) {
            const envelopes = events.map(([instant, place]) => {
              const [occurred_at, tenant_id] = [INSTANTS[instant]!, tenants[place] ?? null]
              const event = outcome({ occurred_at, tenant_id, correlation_id })
              appended.push({ id: event.event_id, instant: Date.parse(occurred_at), tenant: tenant_id })
              return event
            })
            if (how === 'one by one') await Promise.all(envelopes.map((event) => store.appendEvent(event)))
            else await store.appendEvents(envelopes, { atomic: how === 'atomic list' })
          }
          for (const { tenant, limit, page, descending } of questions) {
            const tenant_id = tenant === null ? null : tenants[tenant]!
            const expected = appended
              .filter((event) => tenant_id === null || event.tenant === tenant_id)
              .toSorted((left, right) => left.instant - right.instant)
              .map(({ id }) => id)
            if (descending) expected.reverse()
            const query = { kinds: [], tenant_id, correlation_id, descending }
            expect(idsOf(await store.queryEvents({ ...query, limit }))).toEqual(expected.slice(0, limit ?? undefined))
            expect(await idsInPages(query, page)).toEqual(expected)
          }
        },
      )
      await fc.assert(property, { numRuns: 25, seed: 1 })
    })

    test('of the first events of new tenants is that of their append', async () => {
      const correlation_id = uniqueId('run')
      const events = ['d', 'b', 'c', 'a'].map((name) => outcome({ tenant_id: uniqueId(name), correlation_id }))
      await store.appendEvents(events)
      expect(idsOf(await store.queryEvents({ kinds: [], correlation_id }))).toEqual(idsOf(events))
    })

    test.each([false, true])(
      'of recordings of a trace by several tenants is that of their append, atomic: %s',
      async (atomic) => {
        const tenants = ['z', 'a'].map((name) => uniqueId(name))
        for (let run = 0; run < 10; run++) {
          const [trace, order] = [uniqueId('trace'), run % 2 === 0 ? tenants : tenants.toReversed()]
          await store.appendEvents(
            ['first', 'second'].map((provider, place) => traceRecorded(trace, provider, { tenant_id: order[place]! })),
            { atomic },
          )
          expect(await store.getTraceLink(trace)).toMatchObject({ provider_name: 'second' })
        }
      },
    )
  })
}
