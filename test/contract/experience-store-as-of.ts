import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ArtifactState } from '../../schemas/contract/artifact.ts'
import type { EventQueryInput } from '../../schemas/contract/event-query.ts'
import type { ExperienceStore } from '../../service/store/experience-store.ts'
import { budgetExceeded, outcome, traceRecorded, transition, uniqueId } from '../integration/test-events.ts'
import { until } from './group-consumer/group-consumer-fixture.ts'

/** The time now, once every later append is of a later one. */
export async function momentPast(): Promise<string> {
  const moment = Date.now()
  await until(() => Date.now() > moment)
  return new Date(moment).toISOString()
}

/** What every experience store answers about the log as it stood at a moment. */
export function describeTimeTravel(open: () => Promise<ExperienceStore>): void {
  describe('time travel', () => {
    let store: ExperienceStore
    beforeAll(async () => {
      store = await open()
    })
    afterAll(() => store?.close())

    const ids = async (asOf: string | undefined, query: Partial<EventQueryInput>): Promise<string[]> =>
      (await store.queryEvents({ kinds: [], ...query }, asOf === undefined ? {} : { asOf })).map(
        ({ event_id }) => event_id,
      )
    /** The cursor of an event, which stands for its position. */
    const cursorOf = async (query: Partial<EventQueryInput>): Promise<string> => {
      const { next } = await store.queryEventPage({ kinds: [], limit: 1, ...query })
      if (next === null) throw new Error('there is no such event')
      return next
    }

    test('by an instant shows what the log had taken by then, whenever it happened', async () => {
      const tenant_id = uniqueId('tenant')
      const before = await momentPast()
      await store.appendEvent(outcome({ tenant_id, event_id: 'first', occurred_at: '2027-01-01T00:00:00Z' }))
      const between = await momentPast()
      await store.appendEvent(outcome({ tenant_id, event_id: 'second', occurred_at: '1970-01-01T00:00:00Z' }))
      const after = await momentPast()
      expect(await ids(before, { tenant_id })).toEqual([])
      expect(await ids(between, { tenant_id })).toEqual(['first'])
      expect(await ids(after, { tenant_id })).toEqual(['second', 'first'])
      expect(await ids(`${Date.parse(between) / 1000}Z`, { tenant_id })).toEqual(['first'])
      expect(await ids('1969-12-31T23:59:59.9999Z', { tenant_id })).toEqual([])
      expect(await ids('+275760-09-13', { tenant_id })).toEqual(['second', 'first'])
      expect(await ids('-271821-04-20', { tenant_id })).toEqual([])
      expect(await ids(undefined, { tenant_id })).toEqual(['second', 'first'])
    })

    test('by a position shows what was appended up to there, in the same millisecond too', async () => {
      const tenant_id = uniqueId('tenant')
      await store.appendEvents(['a', 'b', 'c', 'd'].map((event_id) => outcome({ tenant_id, event_id })))
      const cursor = await cursorOf({ tenant_id, event_id: 'b' })
      expect(await ids(cursor, { tenant_id })).toEqual(['a', 'b'])
      expect(await ids(cursor, { tenant_id, event_id: 'c' })).toEqual([])
    })

    test('by a position shows what other tenants had by then', async () => {
      const correlation_id = uniqueId('run')
      const at = (tenant: string, event_id: string) =>
        outcome({ correlation_id, tenant_id: `${correlation_id}-${tenant}`, event_id })
      await store.appendEvents([at('one', 'before'), at('two', 'with')])
      await momentPast()
      await store.appendEvent(at('two', 'decision'))
      await momentPast()
      await store.appendEvents([at('one', 'after'), at('three', 'too-late'), at('two', 'afterwards')])
      const decision = await cursorOf({ correlation_id, event_id: 'decision' })
      expect((await ids(decision, { correlation_id })).toSorted()).toEqual(['before', 'decision', 'with'])
      expect(await ids(decision, { correlation_id, tenant_id: `${correlation_id}-one` })).toEqual(['before'])
      expect(await ids(decision, { correlation_id, tenant_id: `${correlation_id}-three` })).toEqual([])
      expect(await ids(decision, { tenant_id: uniqueId('nobody') })).toEqual([])
    })

    test('counts an event that was appended twice once, at the first of its places', async () => {
      const tenant_id = uniqueId('tenant')
      const twice = outcome({ tenant_id, event_id: 'twice' })
      await store.appendEvent(twice)
      const moment = await momentPast()
      await store.appendEvents([outcome({ tenant_id, event_id: 'later' }), twice])
      expect(await ids(moment, { tenant_id })).toEqual(['twice'])
      expect(await ids(undefined, { tenant_id })).toEqual(['twice', 'later'])
    })

    test.each([false, true])('goes through pages by cursor, latest first: %s', async (descending) => {
      const tenant_id = uniqueId('tenant')
      const early = ['a', 'b', 'c', 'd', 'e']
      await store.appendEvents(early.map((event_id) => outcome({ tenant_id, event_id })))
      const asOf = await momentPast()
      const found: string[] = []
      let after: string | null = null
      do {
        const page = await store.queryEventPage({ kinds: [], tenant_id, limit: 2, descending, after }, { asOf })
        found.push(...page.events.map(({ event_id }) => event_id))
        after = page.next
        // What comes meanwhile happened in between, as far as its time tells.
        await store.appendEvent(outcome({ tenant_id, occurred_at: '2026-04-23T09:00:00Z' }))
      } while (after !== null)
      expect(found).toEqual(descending ? early.toReversed() : early)
    })

    test('tells where artifacts stood', async () => {
      const tenant_id = uniqueId('tenant')
      const to = (from: ArtifactState, state: ArtifactState, occurred_at: string) =>
        transition('lora', from, state, { tenant_id, occurred_at })
      await store.appendEvent(to('Draft', 'Approved', '2026-04-23T09:00:00Z'))
      const approved = await momentPast()
      await store.appendEvents([
        to('Approved', 'Active', '2026-04-23T10:00:00Z'),
        transition('other', 'Draft', 'Approved', { tenant_id }),
      ])
      expect(await store.queryArtifacts({ tenant_id }, { asOf: approved })).toMatchObject([
        { artifact_id: 'lora', state: 'Approved', transitions: 1n },
      ])
      expect(await store.queryArtifacts({ tenant_id, state: 'Active' }, { asOf: approved })).toEqual([])
      expect(await store.queryArtifacts({ tenant_id, state: 'Active' })).toMatchObject([{ transitions: 2n }])
    })

    test('adds up what the log held', async () => {
      const tenant_id = uniqueId('tenant')
      const event = (cost_microdollars: bigint) => outcome({ tenant_id }, { chain_id: 'c', cost_microdollars })
      await store.appendEvents([event(1n), budgetExceeded({ tenant_id })])
      const early = await momentPast()
      await store.appendEvents([event(2n), budgetExceeded({ tenant_id })])
      for (const [options, cost_microdollars, events] of [
        [{ asOf: early }, 1n, 1n],
        [{}, 3n, 2n],
      ] as const) {
        const outcomes = { bucket: 'all', by: [], tenant_id } as const
        expect(await store.outcomeAnalytics(outcomes, options)).toMatchObject([{ outcomes: events, cost_microdollars }])
        expect(await store.mostExpensiveChains({ tenant_id }, options)).toMatchObject([{ cost_microdollars }])
        expect(await store.budgetsExceeded({ tenant_id }, options)).toMatchObject([{ events }])
        expect(await store.summariseEvents({ tenant_id }, options)).toMatchObject({ total_events: 2n * events })
      }
    })

    test('tells which trace was recorded last by then', async () => {
      const id = uniqueId('trace')
      const provider = async (asOf: string) => {
        const trace = await store.getTraceLink(id, { asOf })
        return trace?.type === 'Remote' ? trace.provider_name : trace
      }
      const before = await momentPast()
      await store.appendEvent(traceRecorded(id, 'first'))
      const between = await momentPast()
      await store.appendEvent(traceRecorded(id, 'second'))
      expect(await provider(before)).toBeNull()
      expect(await provider(between)).toBe('first')
      expect(await provider(await momentPast())).toBe('second')
    })

    test.each(['', 'yesterday', '2026-02-30', 'topic/0', 'topic/0/-1', 'topic/0/1,', ',', 'memory/0/0,now'])(
      'refuses %j as no moment',
      async (asOf) => {
        const refused = { code: 'InvalidQuery', field: 'as_of' }
        await expect(store.queryEvents({ kinds: [] }, { asOf })).rejects.toMatchObject(refused)
        await expect(store.queryArtifacts({}, { asOf })).rejects.toMatchObject(refused)
        await expect(store.getTraceLink('trace-1', { asOf })).rejects.toMatchObject(refused)
      },
    )

    test('refuses a position that the log does not hold', async () => {
      await store.appendEvent(outcome())
      for (const asOf of ['experience.events.nobody/0/0', 'elsewhere/0/0', 'memory/0/999999999', 'memory/1/0']) {
        await expect(store.queryEvents({ kinds: [] }, { asOf }), asOf).rejects.toMatchObject({
          code: 'InvalidQuery',
          field: 'as_of',
        })
      }
    })
  })
}
