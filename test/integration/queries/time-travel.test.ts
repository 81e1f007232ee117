import { describe, expect, test } from 'vitest'
import { offset, type Position, positionText } from '../../../base/position.ts'
import { AppendClock } from '../../../producers/append-clock.ts'
import { EventEncoder } from '../../../producers/encode-event.ts'
import { queryArtifacts } from '../../../queries/artifacts.ts'
import { budgetsExceeded } from '../../../queries/budgets-exceeded.ts'
import { mostExpensiveChains } from '../../../queries/chains.ts'
import { Conditions } from '../../../queries/clauses/conditions.ts'
import { summariseEvents } from '../../../queries/event-summary.ts'
import { eventPages, queryEvents } from '../../../queries/events.ts'
import { outcomeAnalytics } from '../../../queries/outcomes.ts'
import { prefixAt } from '../../../queries/as-of/prefix-at.ts'
import { ArtifactQuery } from '../../../schemas/contract/artifact-query.ts'
import { parseEnvelope, type ExperienceEventEnvelopeInput } from '../../../schemas/contract/envelope.ts'
import { EventQuery } from '../../../schemas/contract/event-query.ts'
import { envelopeFromStoredJson } from '../../../schemas/json/envelope-json.ts'
import { parseAsOf } from '../../../service/questions/as-of.ts'
import type { Service } from '../../../service/wiring/service.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { loggedEvent, outcome as loggedOutcome } from '../../unit/projections/logged-events.ts'
import { logRecord } from '../dead-letters/bad-records.ts'
import { insertEvents } from '../projections/migrated-store.ts'
import { append, ServiceBench } from '../service-bench.ts'
import { kafka, lmdb } from '../service-place.ts'
import { budgetExceeded, outcome, transition } from '../test-events.ts'

/** Second 0 of the tests' clocks. Brokers refuse times that lie far ahead. */
const BEGINNING = Math.floor(Date.now() / 1000) * 1000 - 86_400_000

/** An instant, in seconds of the tests' clocks. */
function second(seconds: number): string {
  return new Date(BEGINNING + seconds * 1000).toISOString()
}

/** An event, and when a producer's clock says that it was appended. */
type Timed = readonly [seconds: number, envelope: ExperienceEventEnvelopeInput]

/** Appends events, each at its own second of producers' clocks. */
async function appendAt({ log: { log, registry, topics } }: Service, events: readonly Timed[]): Promise<Position[]> {
  let now = 0
  const encoder = await EventEncoder.create({ registry, topics, clock: new AppendClock(() => now) })
  const requests = events.map(([seconds, envelope]) => {
    now = BEGINNING + seconds * 1000
    return encoder.encode(parseEnvelope(envelope))
  })
  return log.append(requests)
}

/** Events a, b, c, … of one tenant, at these seconds of the clocks. */
function atSeconds(tenant_id: string, ...seconds: number[]): Timed[] {
  return seconds.map((at, index) => [at, outcome({ tenant_id, event_id: String.fromCodePoint(0x61 + index) })])
}

function idsIn(found: readonly { readonly json: string }[]): string {
  return found.map(({ json }) => envelopeFromStoredJson(json).event_id).join('')
}

/** The ids of the events that the log held then, in the order of their append. */
async function ask(service: Service, asOf: string, tenant: string | null = null): Promise<string> {
  const queries = await service.queriesAsOf(tenant, { asOf: parseAsOf(asOf) })
  return idsIn(await queryEvents(queries, EventQuery.parse({ kinds: [], tenant_id: tenant })))
}

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`time travel on ${log.name}`, () => {
    const bench = new ServiceBench()

    test('a partition ends before the first event that was taken later, where clocks jump too', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await appendAt(service, atSeconds('t', 10, 20, 5, 30, 15, 30, 29))
      for (const [seconds, expected] of [
        [4, ''],
        [5, ''],
        [9, ''],
        [10, 'a'],
        [19.999, 'a'],
        [20, 'abc'],
        [29, 'abc'],
        [30, 'abcdefg'],
        [99, 'abcdefg'],
      ] as const) {
        expect(await ask(service, second(seconds), 't'), `${seconds}`).toBe(expected)
        // Of all tenants the clocks decide the order, which is not the point here (docs/decisions/0025).
        const ofAll = (await ask(service, second(seconds))).split('').toSorted().join('')
        expect(ofAll, `${seconds}, all tenants`).toBe(expected)
      }
    })

    test('clocks that disagree in one partition change nothing in others', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await appendAt(service, atSeconds('one', 10, 30, 20))
      await appendAt(service, atSeconds('two', 10, 20, 30))
      expect(await ask(service, second(20), 'one')).toBe('a')
      expect(await ask(service, second(20), 'two')).toBe('ab')
      expect(await ask(service, second(20))).toBe('aab')
    })

    test('a position is exact in its own partition, and tells the time for the others', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      const decisions = await appendAt(service, atSeconds('a', 10, 40, 20, 20, 5))
      await appendAt(service, atSeconds('b', 10, 15, 20, 21))
      const [, second40, c] = decisions.map(positionText) as [string, string, string]
      expect(await ask(service, c, 'a')).toBe('abc')
      expect(await ask(service, c, 'b')).toBe('abc')
      expect(await ask(service, second40, 'a')).toBe('ab')
      expect(await ask(service, second40, 'b')).toBe('abcd')
    })

    test('several positions are each exact in their partition, and the latest tells the time', async () => {
      const environment = { ...bench.newEnvironment(log), TOPIC_PARTITIONS: '3' }
      const service = await bench.open(environment)
      const runs = ['run-0', 'run-1', 'run-2', 'run-3', 'run-4', 'run-5', 'run-6', 'run-7']
      const appended = await appendAt(
        service,
        runs.flatMap((correlation_id) =>
          [1, 2, 3].map(
            (at) => [at, outcome({ tenant_id: 't', correlation_id, event_id: `${correlation_id}-${at}` })] as const,
          ),
        ),
      )
      expect(new Set(appended.map(({ partition }) => partition)).size).toBe(3)
      const inOrder = (partition: number): Position[] => appended.filter((each) => each.partition === partition)
      const held = async (asOf: string): Promise<number[]> => {
        const queries = await service.queriesAsOf('t', { asOf: parseAsOf(asOf) })
        const { total_events } = await summariseEvents(queries, 't')
        const pages: unknown[] = []
        for await (const page of eventPages(queries, EventQuery.parse({ kinds: [] }), 4)) pages.push(...page)
        expect(pages).toHaveLength(Number(total_events))
        const { where, params } = new Conditions().within(queries.prefix)
        const counts = await queries.store.query<{ partition: number; events: string }>({
          sql: `SELECT partition, count() AS events FROM ${queries.store.table('events')} ${where} GROUP BY partition`,
          params,
        })
        return [0, 1, 2].map((each) => Number(counts.find(({ partition }) => partition === each)?.events ?? 0))
      }
      // At second 1 each partition has its first event, and then another run's of second 2.
      const first = inOrder(0)[0] as Position
      const last = inOrder(1).at(-1) as Position
      expect(await held(positionText(first))).toEqual([1, 1, 1])
      expect(await held(`${positionText(first)},${positionText(last)}`)).toEqual([
        1,
        inOrder(1).length,
        inOrder(2).length,
      ])
      expect(await held(second(0))).toEqual([0, 0, 0])
      expect(await held(second(3))).toEqual([0, 1, 2].map((each) => inOrder(each).length))
    })

    test('an event that was appended again stands at the first of its places', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      const [a, b, c] = atSeconds('t', 10, 20, 30) as [Timed, Timed, Timed]
      const positions = await appendAt(service, [a, b, [25, a[1]], c])
      expect(await ask(service, second(10))).toBe('a')
      expect(await ask(service, second(25))).toBe('ab')
      expect(await ask(service, positionText(positions[2]!))).toBe('ab')
      expect(await ask(service, positionText(positions[3]!))).toBe('abc')
    })

    test('a position may be that of a record that is no event', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await appendAt(service, atSeconds('t', 10))
      const topic = service.log.topics.topic('events', 't')
      const record = { ...logRecord('no event'), timestamp: BEGINNING + 20_000 }
      const [bad] = await service.log.log.append([{ topic, record }])
      await appendAt(service, [[30, outcome({ tenant_id: 't', event_id: 'b' })]])
      expect(await ask(service, positionText(bad!))).toBe('a')
    })

    test('refuses a position that the log does not hold, and says what it holds', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      const [position] = await appendAt(service, atSeconds('t', 10))
      const { topic } = position!
      const refusal = (message: RegExp) => ({
        code: 'InvalidQuery',
        field: 'as_of',
        message: expect.stringMatching(message) as string,
      })
      for (const [asOf, message] of [
        [
          `${topic}x/0/0`,
          /^as_of: the log has no topic of events ".*tx": "experience-log tenants list" shows their names$/,
        ],
        [`${service.log.topics.topic('dead-letters', 't')}/0/0`, /has no topic of events/],
        [`${topic}/7/0`, /has no partition 7$/],
        [`${topic}/0/1`, /\/0\/1 is beyond the end of its partition, whose next offset is 1$/],
        [`${topic}/0/0,${topic}x/0/0`, /has no topic of events/],
      ] as const) {
        await expect(ask(service, asOf), asOf).rejects.toMatchObject(refusal(message))
      }
    })

    // LMDB has no transactions' marks.
    if (log !== lmdb) {
      test("refuses the position of a transaction's marker", async () => {
        const service = await bench.open(bench.newEnvironment(log))
        const producer = await service.openProducer()
        const events = [outcome({ tenant_id: 's' }), outcome({ tenant_id: 't' })]
        const [, last] = await producer.appendMany(events, { atomic: true })
        await producer.close()
        const marker = positionText({ ...last!, offset: offset(last!.offset + 1n) })
        // Kafka answers before it has written the marks.
        await until(async () => (await service.log.log.offsets([last!.topic]))[0]!.next > last!.offset + 1n)
        await expect(ask(service, marker)).rejects.toMatchObject({
          field: 'as_of',
          message: expect.stringMatching(/is not a record, but the mark of a transaction$/) as string,
        })
      })
    }

    test('waits for what others appended', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      const [position] = await append(service, [outcome({ tenant_id: 't', event_id: 'a' })])
      expect(await ask(service, positionText(position!))).toBe('a')
    })

    test('every question is answered as the log stood then', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await appendAt(service, [
        [10, outcome({ tenant_id: 't' }, { tokens: 1n, cost_microdollars: 5n })],
        [10, budgetExceeded({ tenant_id: 't' })],
        [10, transition('lora', 'Draft', 'Approved', { tenant_id: 't' })],
        [30, outcome({ tenant_id: 't' }, { tokens: 2n, cost_microdollars: 7n })],
        [20, budgetExceeded({ tenant_id: 't' })],
        [20, transition('lora', 'Approved', 'Active', { tenant_id: 't', occurred_at: '2026-04-23T10:00:00Z' })],
      ])
      const answers = async (asOf: string | null) => {
        const queries = await service.queriesAsOf(null, { asOf: asOf === null ? null : parseAsOf(asOf) })
        const everything = { tenant_id: null, time_range: null }
        const [outcomes] = await outcomeAnalytics(queries, { ...everything, bucket: 'all', by: ['tenant'] })
        const [chain] = await mostExpensiveChains(queries, { ...everything, limit: 1n })
        const [budget] = await budgetsExceeded(queries, everything)
        const [artifact] = await queryArtifacts(queries, ArtifactQuery.parse({ artifact_id: 'lora' }))
        const { total_events } = await summariseEvents(queries, null)
        return [outcomes?.tokens, chain?.cost_microdollars, budget?.events, artifact?.state, total_events]
      }
      expect(await answers(null)).toEqual([3n, 12n, 2n, 'Active', 6n])
      expect(await answers(second(30))).toEqual([3n, 12n, 2n, 'Active', 6n])
      expect(await answers(second(20))).toEqual([1n, 5n, 1n, 'Approved', 3n])
      expect(await answers(second(9))).toEqual([undefined, undefined, undefined, undefined, 0n])
    })
  })
}

describe('the prefix in statements', () => {
  const bench = new ServiceBench()
  /** Two events a topic, of which the later one bears the earlier time. */
  const disagreeing = (topics: number) =>
    Array.from({ length: topics }, (_, index) =>
      [20, 10].map((loggedAt, place) => ({
        ...loggedEvent(loggedOutcome(`evt-${index}-${place}`)),
        topic: `experience.events.tenant-with-a-long-name-${index}`,
        offset: offset(place),
        loggedAt,
      })),
    ).flat()

  test('lets the primary key prune, whether partitions are listed or not', async () => {
    const { readModel } = await bench.open(bench.newEnvironment(lmdb))
    const { store, generation } = readModel
    await insertEvents(store, generation, disagreeing(1))
    for (const ends of [[], [{ topic: 'experience.events.acme', partition: 0, next: offset(1) }]]) {
      const conditions = new Conditions().tenant('acme').within({ takenBy: 15n, ends })
      const plan = await store.query<{ explain: string }>({
        sql: `EXPLAIN indexes = 1 SELECT event_id FROM ${store.table('events')} ${
          conditions.add("instant >= '2026-04-23 00:00:00'").where
        }`,
        params: conditions.params,
      })
      const text = plan.map(({ explain }) => explain).join('\n')
      expect(text).toMatch(/PrimaryKey\s+Keys:\s+tenant_id\s+instant\s/)
    }
  })

  test('lists a thousand partitions, and refuses more than a statement can hold', async () => {
    const { readModel } = await bench.open(bench.newEnvironment(lmdb))
    const { store, generation } = readModel
    const moment = { takenBy: 15n, ends: [] }
    await insertEvents(store, generation, disagreeing(1000))
    const prefix = await prefixAt(store, moment, null)
    expect(prefix.ends).toHaveLength(1000)
    expect((await summariseEvents({ store, prefix }, null)).total_events).toBe(0n)
    const later = await prefixAt(store, { ...moment, takenBy: 20n }, null)
    expect(later.ends).toEqual([])
    expect((await summariseEvents({ store, prefix: later }, null)).total_events).toBe(2000n)

    await insertEvents(store, generation, disagreeing(3000).slice(2000))
    await expect(prefixAt(store, moment, null)).rejects.toMatchObject({
      code: 'InvalidQuery',
      field: 'as_of',
      message: expect.stringContaining('in 3000 partitions, more than a statement can list: name a tenant') as string,
    })
    expect((await prefixAt(store, moment, 'nobody')).ends).toEqual([])
  })
})
