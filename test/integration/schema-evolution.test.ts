import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readDeadLetters } from '../../consumers/dead-letters/read-dead-letters.ts'
import { EnvelopeDecoders } from '../../consumers/envelope-decoders.ts'
import { queryEvents } from '../../queries/events.ts'
import { envelopeSubject } from '../../schemas/avro/schema/avro-schema.ts'
import { envelopeDecoder } from '../../schemas/avro/codec/envelope-avro.ts'
import { frame } from '../../schemas/avro/wire-format.ts'
import { ExperienceEventEnvelope } from '../../schemas/contract/envelope.ts'
import { EventQuery } from '../../schemas/contract/event-query.ts'
import { envelopeToJson } from '../../schemas/json/envelope-json.ts'
import { Redrive } from '../../operations/dead-letters/redrive.ts'
import type { Service } from '../../service/wiring/service.ts'
import {
  aField,
  presentForm,
  release,
  withField,
  withoutField,
  withoutVariant,
  withoutWord,
  withVariant,
  withWord,
  writerOf,
  type AnyEnvelope,
} from '../schema-versions.ts'
import { logRecord } from './dead-letters/bad-records.ts'
import { contentOf, SecondReader } from './second-reader.ts'
import { ServiceBench } from './service-bench.ts'
import { kafka, lmdb } from './service-place.ts'
import { budgetExceeded, hypothesis, outcome, traceRecorded } from './test-events.ts'

// Version 1 lacks a kind and a word that today's release has; its first schema lacks two optional fields as well.
const versionOne = [withoutVariant('ExperienceEvent', 'HypothesisResolved'), withoutWord('BudgetResource', 'Cost')]
const fields = [withoutField('OutcomeRecorded', 'metadata'), withoutField('OutcomeRecorded', 'tokens')]
const first = writerOf(release(...versionOne, ...fields))
const second = writerOf(release(...versionOne))
const today = writerOf(presentForm)
const future = writerOf(
  release(
    withField('OutcomeRecorded', aField('extra')),
    withVariant('ExperienceEvent', 'AgentPaused'),
    withWord('BudgetResource', 'Energy'),
  ),
)

function parse(input: ReturnType<typeof outcome>): ExperienceEventEnvelope {
  return ExperienceEventEnvelope.parse(input)
}
function head(event_id: string): { tenant_id: string; event_id: string } {
  return { tenant_id: 'a', event_id }
}
const metadata = { a: 'b' }

const written = [
  { with: first, event: parse(outcome(head('v1-outcome'), { latency_ms: 7n, tokens: 5n, metadata })) },
  { with: first, event: parse(traceRecorded('t', 'provider', head('v1-trace'))) },
  { with: second, event: parse(outcome(head('v1.1-outcome'), { tokens: 5n, metadata })) },
  { with: second, event: parse(budgetExceeded(head('v1.1-other'), { resource: { Other: 'Energy' } })) },
  { with: today, event: parse(outcome(head('v2-outcome'), { tokens: 6n, metadata })) },
  { with: today, event: parse(hypothesis(head('v2-kind'))) },
  { with: today, event: parse(traceRecorded('t', 'provider', head('v2-trace'))) },
  { with: today, event: parse(budgetExceeded(head('v2-word'), { resource: 'Cost' })) },
  { with: today, event: parse(budgetExceeded(head('v2-other'), { resource: { Other: 'Energy' } })) },
]
const UNKNOWN_TO_VERSION_ONE = new Set(['v2-kind', 'v2-word'])

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`schema evolution on ${log.name}`, () => {
    const bench = new ServiceBench()

    /** A service whose registry has had no release yet: subjects of this test alone. */
    const open = async () => {
      const service = await bench.open(bench.newEnvironment(log))
      const { registry, topics } = service.log
      const releaseName = randomUUID()
      const register = (version: number, { schema }: { readonly schema: string }): Promise<number> =>
        registry.register(`${envelopeSubject(version)}-${releaseName}`, schema)
      const append = async (records: readonly { readonly schemaId: number; readonly body: Buffer }[]) => {
        const topic = topics.topic('events', 'a')
        await service.log.log.append(
          records.map(({ schemaId, body }) => ({ topic, record: logRecord(frame(schemaId, body)) })),
        )
      }
      return { service, register, append }
    }

    /** A topic with the records of three schemas, the last of version 2. */
    const openWithThreeSchemas = async (): Promise<Service> => {
      const { service, register, append } = await open()
      const ids = new Map([
        [first, await register(1, first)],
        [second, await register(1, second)],
        [today, await register(2, today)],
      ])
      await append(
        written.map(({ with: writer, event }) => ({
          schemaId: ids.get(writer) ?? 0,
          body: writer.write(event as never),
        })),
      )
      return service
    }
    const readers = ({ log: { registry } }: Service) => ({
      today: new EnvelopeDecoders(registry),
      second: new EnvelopeDecoders(registry, (schema) => envelopeDecoder(schema, release(...versionOne))),
      first: new EnvelopeDecoders(registry, (schema) => {
        const decode = envelopeDecoder(schema, release(...versionOne, ...fields))
        // A field that a release lacks prints as one that is absent.
        return (body) => ExperienceEventEnvelope.parse(decode(body))
      }),
    })

    test('a version takes a new optional field, and neither a new kind nor a new word', async () => {
      const { register } = await open()
      const [one, other] = [await register(1, first), await register(1, second)]
      expect(one).not.toBe(other)
      const additions = [withVariant('ExperienceEvent', 'AgentPaused'), withWord('DecisionStep', 'Dreaming')]
      for (const [index, addition] of additions.entries()) {
        const later = writerOf(release(...versionOne, addition))
        await expect(register(1, later)).rejects.toMatchObject({ code: 'StorageError', retryable: false })
        await register(2 + index, later)
      }
      // A producer of an earlier release starts again.
      expect([await register(1, first), await register(1, second)]).toEqual([one, other])
    })

    test('records of three schemas are events, absent fields hold their defaults, and a rebuild gives the same', async () => {
      const service = await openWithThreeSchemas()
      expect(await service.verify()).toEqual({ events: written.length, differences: [] })
      const answers = await queryEvents(service.queries, EventQuery.parse({ kinds: [], tenant_id: 'a' }))
      const [, ...others] = written.map(({ event }) => event)
      const withDefaults = parse(outcome(head('v1-outcome'), { latency_ms: 7n }))
      expect(answers.map(({ json }) => json)).toEqual([withDefaults, ...others].map(envelopeToJson))

      const rebuilt = await SecondReader.create(service)
      await rebuilt.project(readers(service).today)
      expect(await rebuilt.verify(readers(service).today)).toEqual({ events: written.length, differences: [] })
      expect(await rebuilt.events()).toEqual(await contentOf(service, service.readModel.generation))
    })

    test('an earlier reader sets aside what it does not know, and a rebuild by a later one makes it events', async () => {
      const service = await openWithThreeSchemas()
      const { today: later, second: earlier } = readers(service)
      const known = written.filter(({ event }) => !UNKNOWN_TO_VERSION_ONE.has(event.event_id))

      const old = await SecondReader.create(service)
      await old.project(earlier)
      expect(await old.verify(earlier)).toEqual({ events: known.length, differences: [] })
      expect((await old.events()).map((row) => (row as { event_id: string }).event_id)).toEqual(
        known.map(({ event }) => event.event_id),
      )
      expect(await old.deadLetters()).toEqual([
        {
          reason: 'UnknownKind',
          field: 'event.type',
          message: 'event.type: this release does not know HypothesisResolved',
        },
        {
          reason: 'UnknownWord',
          field: 'event.data.resource',
          message: 'event.data.resource: this release does not know Cost',
        },
      ])
      // Whoever upgrades without a rebuild is told what is missing.
      const behind = await old.verify(later)
      expect(behind.events).toBe(written.length)
      expect(behind.differences.map(({ first: at }) => at)).toContainEqual(
        expect.objectContaining({ event_id: 'v2-kind', what: 'missing' }),
      )

      const rebuilt = await SecondReader.create(service)
      await rebuilt.project(later)
      expect(await rebuilt.verify(later)).toEqual({ events: written.length, differences: [] })
      expect(await rebuilt.deadLetters()).toEqual([])
    })

    test('an earlier reader passes over new fields, a later one names the rows that lack them, and a rebuild has them', async () => {
      const service = await openWithThreeSchemas()
      const { today: later, first: earliest } = readers(service)
      const old = await SecondReader.create(service)
      await old.project(earliest)
      expect(await old.verify(earliest)).toMatchObject({ differences: [] })
      const { differences } = await old.verify(later)
      expect(differences.map(({ first: at }) => at)).toContainEqual(
        expect.objectContaining({ event_id: 'v1.1-outcome', what: 'altered' }),
      )
      const rebuilt = await SecondReader.create(service)
      await rebuilt.project(later)
      expect(await rebuilt.verify(later)).toEqual({ events: written.length, differences: [] })
    })

    test('what an earlier reader set aside can be retried by a later one, and counts once in a rebuild', async () => {
      const service = await openWithThreeSchemas()
      const { today: later, second: earlier } = readers(service)
      const old = await SecondReader.create(service)
      await old.project(earlier)

      const redrive = await Redrive.create(service.log)
      const { log: appended, topics } = service.log
      for await (const { letter } of readDeadLetters(appended, topics, [topics.topic('dead-letters', 'a')])) {
        const again = await redrive.again(letter)
        if (again.kind === 'event') await appended.append([again.request])
      }
      const rebuilt = await SecondReader.create(service)
      for (const reader of [old, rebuilt]) {
        await reader.project(later)
        expect(await reader.verify(later)).toEqual({ events: written.length, differences: [] })
        expect(await reader.events()).toHaveLength(written.length)
      }
    })

    test("today's reader reads a later release: new fields are passed over, new kinds and words set aside", async () => {
      const { service, register, append } = await open()
      const schemaId = await register(3, future)
      const extended = (event: ExperienceEventEnvelope): AnyEnvelope => ({
        ...event,
        event: { ...event.event, data: { ...event.event.data, extra: 'new' } },
      })
      const known = parse(outcome(head('known'), { tokens: 5n, metadata }))
      const other = parse(budgetExceeded(head('other'), { resource: { Other: 'Energy' } }))
      const bodies = [
        extended(known),
        { ...parse(outcome(head('kind'))), event: { type: 'AgentPaused', data: { value: 'v' } } },
        {
          ...other,
          event_id: 'word',
          event: { type: 'BudgetExceeded', data: { ...other.event.data, resource: 'Energy' } },
        },
        other as never,
      ]
      await append(bodies.map((envelope) => ({ schemaId, body: future.write(envelope) })))

      expect(await service.verify()).toEqual({ events: 2, differences: [] })
      const answers = await queryEvents(service.queries, EventQuery.parse({ kinds: [], tenant_id: 'a' }))
      expect(answers.map(({ json }) => json)).toEqual([known, other].map(envelopeToJson))
      const { store } = service.readModel
      expect(
        await store.query({
          sql: `SELECT reason, field FROM ${store.table('dead_letters')} ORDER BY offset`,
        }),
      ).toEqual([
        { reason: 'UnknownKind', field: 'event.type' },
        { reason: 'UnknownWord', field: 'event.data.resource' },
      ])
    })
  })
}
