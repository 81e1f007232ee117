import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulateFleet } from '../../../producers/fleet/simulate-fleet.ts'
import { readRecording } from '../../../producers/recordings/read-recording.ts'
import { OUTCOME_BUCKETS, OUTCOME_DIMENSIONS } from '../../../queries/analytics.ts'
import { queryArtifacts } from '../../../queries/artifacts.ts'
import { budgetsExceeded } from '../../../queries/budgets-exceeded.ts'
import { mostExpensiveChains } from '../../../queries/chains.ts'
import { summariseEvents } from '../../../queries/event-summary.ts'
import { eventPages, queryEvents } from '../../../queries/events.ts'
import { outcomeAnalytics } from '../../../queries/outcomes.ts'
import { getTraceLink } from '../../../queries/trace-link.ts'
import { ArtifactQuery } from '../../../schemas/contract/artifact-query.ts'
import type { ExperienceEventEnvelope } from '../../../schemas/contract/envelope.ts'
import { eventKindLabels } from '../../../schemas/contract/event-kind.ts'
import { EventQuery, type EventQueryInput } from '../../../schemas/contract/event-query.ts'
import { envelopeFromJson, envelopeToJson } from '../../../schemas/json/envelope-json.ts'
import { Service } from '../../../service/wiring/service.ts'
import { expectNear, withoutPercentiles } from '../../outcome-percentiles.ts'
import { readVectors } from '../contract-vectors.ts'
import { kafka, lmdb, servicePlace, settingsOf, type ServicePlace } from '../service-place.ts'

const logs = [lmdb, kafka()].filter(({ skipped }) => skipped === undefined)

/** The same run for every log: a simulated fleet, the recording of a real engine, and the contract's vectors. */
function* run(): Generator<ExperienceEventEnvelope> {
  yield* simulateFleet({ seed: 7, events: 3000 })
  yield* readRecording()
  for (const { text } of readVectors('public')) yield envelopeFromJson(text)
}

describe('the same run on every log', () => {
  let place: ServicePlace
  const services: Service[] = []
  /** What the run's events are, each once, by a fold of our own. */
  const unique = new Map(Array.from(run(), (envelope) => [envelopeToJson(envelope), envelope]))

  beforeAll(async () => {
    place = await servicePlace()
    for (const log of logs) {
      const service = await Service.open(settingsOf(place.newEnvironment(log)))
      services.push(service)
      const producer = await service.openProducer()
      await producer.appendMany([...run()], { validated: true })
      await producer.close()
      await service.catchUp()
    }
  })
  afterAll(async () => {
    for (const service of services) await service.close()
    await place.dispose()
  })

  /** Asks every service, expects one answer, and gives it. */
  const ask = async <Answer>(question: (service: Service) => Promise<Answer>): Promise<Answer> => {
    const [first, ...others] = await Promise.all(services.map(question))
    for (const other of others) expect(other).toEqual(first)
    return first as Answer
  }
  const jsonOf = (query: Partial<EventQueryInput>) => async (service: Service) =>
    (await queryEvents(service.queries, EventQuery.parse({ kinds: [], ...query }))).map(({ json }) => json)
  const everything = { tenant_id: null, time_range: null }

  test('gives all events, byte for byte', async () => {
    const all = await ask(jsonOf({}))
    expect(all.toSorted()).toEqual([...unique.keys()].toSorted())
    expect(await ask(jsonOf({ descending: true, limit: 100 }))).toEqual(all.toReversed().slice(0, 100))
  })

  test.each([false, true])('gives all events in pages, latest first: %s', async (descending) => {
    const all = await ask(jsonOf({ descending }))
    const pages = await ask(async (service) => {
      const read: string[][] = []
      for await (const page of eventPages(service.queries, EventQuery.parse({ kinds: [], descending }), 997))
        read.push(page.map(({ json }) => json))
      return read
    })
    expect(pages.flat()).toEqual(all)
    expect(pages.length).toBe(Math.ceil(all.length / 997))
    const limited = await ask(async (service) => {
      const read: string[] = []
      const query = EventQuery.parse({ kinds: [], descending, limit: 25n })
      for await (const page of eventPages(service.queries, query, 10)) read.push(...page.map(({ json }) => json))
      return read
    })
    expect(limited).toEqual(all.slice(0, 25))
  })

  test.each<Partial<EventQueryInput>>([
    { tenant_id: 'st_anna_clinic' },
    { tenant_id: 'helios.energy', kinds: ['OutcomeRecorded', 'BudgetExceeded'] },
    { time_range: { start: '2026-04-23T12:00:30Z', end: '2026-04-23T14:01:00+02:00' } },
    { kinds: ['GateDecisionRecorded'], descending: true, limit: 5 },
  ])('answers %j', async (query) => {
    expect((await ask(jsonOf(query))).length).toBeGreaterThan(0)
  })

  test('summarises', async () => {
    const counts = new Map<string, bigint>()
    for (const { event } of unique.values()) {
      const label = eventKindLabels[event.type]
      counts.set(label, (counts.get(label) ?? 0n) + 1n)
    }
    const summary = await ask(({ queries }) => summariseEvents(queries, null))
    expect(summary.total_events).toBe(BigInt(unique.size))
    expect(summary.by_kind).toEqual(Object.fromEntries(counts))
    expect(Object.keys(summary.by_kind)).toEqual([...counts.keys()].toSorted())
    expect(Object.keys(summary)).toEqual(['total_events', ...Object.values(eventKindLabels), 'by_kind'])
  })

  test('tells where artifacts stand', async () => {
    expect((await ask(({ queries }) => queryArtifacts(queries, ArtifactQuery.parse({})))).length).toBeGreaterThan(5)
  })

  test('tells the most expensive chains', async () => {
    const costs = new Map<string, bigint>()
    for (const { tenant_id, event } of unique.values()) {
      if (event.type !== 'OutcomeRecorded') continue
      const chain = JSON.stringify([tenant_id, event.data.chain_id])
      costs.set(chain, (costs.get(chain) ?? 0n) + (event.data.cost_microdollars ?? 0n))
    }
    const chains = await ask(({ queries }) => mostExpensiveChains(queries, { ...everything, limit: 2n ** 64n - 1n }))
    const told = chains.map(({ tenant_id, chain_id, cost_microdollars }) => [
      JSON.stringify([tenant_id, chain_id]),
      cost_microdollars,
    ])
    expect(new Map(told as [string, bigint][])).toEqual(costs)
    const inOrder = chains.map(({ cost_microdollars }) => cost_microdollars)
    expect(inOrder).toEqual(inOrder.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0)))
  })

  test('tells which budgets were exceeded', async () => {
    const budgets = await ask(({ queries }) => budgetsExceeded(queries, everything))
    const events = [...unique.values()].filter(({ event }) => event.type === 'BudgetExceeded')
    expect(budgets.reduce((sum, row) => sum + row.events, 0n)).toBe(BigInt(events.length))
  })

  describe.each(OUTCOME_BUCKETS)('outcomes by %s', (bucket) => {
    test.each([[], ['tenant'], ['backend', 'step'], [...OUTCOME_DIMENSIONS]] as const)(
      'and %j %j %j',
      async (...by) => {
        const [rows, ...others] = await Promise.all(
          services.map(({ queries }) =>
            outcomeAnalytics(queries, { ...everything, bucket, by: by.filter((each) => each !== undefined) }),
          ),
        )
        for (const other of others) {
          expect(other.map(withoutPercentiles)).toEqual(rows!.map(withoutPercentiles))
          // A t-digest depends a little on how the rows came in batches.
          for (const [index, row] of other.entries()) expectNear(row, rows![index]!, 0.03)
        }
        const outcomes = [...unique.values()].filter(({ event }) => event.type === 'OutcomeRecorded')
        expect(rows!.reduce((sum, row) => sum + row.outcomes, 0n)).toBe(BigInt(outcomes.length))
      },
    )
  })

  test("tells a chain's story and a trace", async () => {
    const recorded = [...unique.values()].find(({ event }) => event.type === 'ReplayTraceRecorded')?.event
    if (recorded?.type !== 'ReplayTraceRecorded') throw new Error('the run has no trace')
    expect(await ask(({ queries }) => getTraceLink(queries, recorded.data.trace_link_id, null))).not.toBeNull()
    const [dearest] = await ask(({ queries }) => mostExpensiveChains(queries, { ...everything, limit: 1n }))
    const story = await ask(jsonOf({ chain_id: dearest!.chain_id, tenant_id: dearest!.tenant_id }))
    expect(story.length).toBeGreaterThan(1)
  })

  test('is verified', async () => {
    expect(await ask((service) => service.verify())).toEqual({ events: unique.size, differences: [] })
  })

  test('is verified still when all of it is appended again', async () => {
    for (const service of services) {
      const producer = await service.openProducer()
      await producer.appendMany([...run()], { validated: true })
      await producer.close()
    }
    expect(await ask((service) => service.verify())).toEqual({ events: unique.size, differences: [] })
    expect((await ask(jsonOf({}))).length).toBe(unique.size)
  })
})
