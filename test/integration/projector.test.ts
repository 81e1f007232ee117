import { describe, expect, test } from 'vitest'
import type { EventLog } from '../../log/event-log.ts'
import { partitionOfKey } from '../../log/partitioner.ts'
import { Permits } from '../../base/permits.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { envelopeAvroSchema, ENVELOPE_SUBJECT } from '../../schemas/avro/schema/avro-schema.ts'
import { envelopeToAvro } from '../../schemas/avro/codec/envelope-avro.ts'
import { frame } from '../../schemas/avro/wire-format.ts'
import {
  ExperienceEventEnvelope,
  parseEnvelope,
  type ExperienceEventEnvelopeInput,
} from '../../schemas/contract/envelope.ts'
import { EventQuery } from '../../schemas/contract/event-query.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import { envelopeToJson } from '../../schemas/json/envelope-json.ts'
import { queryEvents } from '../../queries/events.ts'
import type { Service } from '../../service/wiring/service.ts'
import { readTopics, textsOf } from '../contract/event-log/event-log-fixture.ts'
import { gate, until } from '../contract/group-consumer/group-consumer-fixture.ts'
import { interceptCommits, interceptInserts } from './intercepted-parts.ts'
import { append, countRows, ServiceBench } from './service-bench.ts'
import { kafka, lmdb } from './service-place.ts'
import { budgetExceeded, outcome } from './test-events.ts'

/** Makes log records small, so that a range can be read in many batches. */
const MANY_BATCHES = { PRODUCER_BATCH_BYTES: '1024', PROJECTOR_BATCH_BYTES: '1024' }

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`projector on ${log.name}`, () => {
    const bench = new ServiceBench()

    /** Two tenants' events, `count` in all, and each tenth appended twice. */
    const fill = async (service: Service, count: number): Promise<void> => {
      const events = Array.from({ length: count }, (_, index) =>
        outcome({ tenant_id: index % 2 === 0 ? 'a.b' : 'a_b', event_id: `evt-${index}` }, { tokens: BigInt(index) }),
      )
      await append(
        service,
        events.flatMap((event, index) => (index % 10 === 0 ? [event, event] : [event])),
      )
    }

    const expectProjectedOnce = async (service: Service, events: number): Promise<void> => {
      expect(await service.verify()).toEqual({ events, differences: [] })
      expect(await countRows(service)).toBe(events)
    }

    test('projects every event once', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await fill(service, 500)
      await expectProjectedOnce(service, 500)
    })

    test('finds tenants that are new while it runs', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      const projecting = service.project()
      for (const tenant of ['first', 'second', null]) {
        const before = await countRows(service)
        await append(service, [outcome({ tenant_id: tenant })])
        await until(async () => (await countRows(service)) === before + 1)
      }
      await service.stopProjecting()
      await projecting
    })

    test('goes on where it was when it starts again', async () => {
      const environment = bench.newEnvironment(log)
      for (let run = 1; run <= 3; run++) {
        const service = await bench.open(environment)
        await append(service, [outcome({ tenant_id: 'a' }), outcome({ tenant_id: `tenant-${run}` })])
        await expectProjectedOnce(service, 2 * run)
        await bench.close(service)
      }
    })

    describe('interrupted', () => {
      type Parts = { readonly log: EventLog; readonly store: ReadModelStore }
      /** Each replaces a part of the projector such that it fails at one step for good, and tells when it has. */
      const interruptions: Readonly<Record<string, (parts: Parts, failed: () => void) => Partial<Parts>>> = {
        'before the intent is committed': ({ log: real }, failed) => ({
          log: interceptCommits(real, async (_, metadata, commit) => {
            if (metadata === '') return commit()
            failed()
            throw new Error('the test stops here')
          }),
        }),
        'after the intent is committed and before it is known to be': ({ log: real }, failed) => ({
          log: interceptCommits(real, async (_, metadata, commit) => {
            const answer = await commit()
            if (metadata === '') return answer
            failed()
            throw new Error('the test stops here')
          }),
        }),
        'after the intent and before the insert': ({ store }, failed) => ({
          store: interceptInserts(store, async () => {
            failed()
            throw new Error('the test stops here')
          }),
        }),
        'between the dead letters and the events': ({ store }, failed) => ({
          store: interceptInserts(store, async (block, insert) => {
            if (block.table.startsWith('dead_letters')) return insert()
            failed()
            throw new Error('the test stops here')
          }),
        }),
        'after the insert and before its answer': ({ store }, failed) => ({
          store: interceptInserts(store, async (block, insert) => {
            await insert()
            if (block.table.startsWith('dead_letters')) return
            failed()
            throw new Error('the test stops here')
          }),
        }),
        'after the insert and before the commit': ({ log: real }, failed) => ({
          log: interceptCommits(real, async (_, metadata, commit) => {
            if (metadata !== '') return commit()
            failed()
            throw new Error('the test stops here')
          }),
        }),
      }

      test.each(Object.entries(interruptions))('%s, loses nothing and doubles nothing', async (_, interrupt) => {
        const environment = bench.newEnvironment(log)
        const first = await bench.open(environment, { PRODUCER_BATCH_BYTES: '1024' })
        const topic = first.log.topics.topic('events', 'a.b')
        await fill(first, 100)
        await first.log.log.append([{ topic, record: record('no event') }])
        await fill(first, 50)

        const failed = gate()
        const parts = { log: first.log.log, store: first.readModel.store }
        const interrupted = bench.startProjector(first, interrupt(parts, failed.open))
        await failed.opened
        await interrupted.stop()
        await bench.close(first)

        const second = await bench.open(environment, MANY_BATCHES)
        await expectProjectedOnce(second, 100)
        expect(await countRows(second, 'dead_letters')).toBe(1)
        await append(second, [outcome({ tenant_id: 'a.b' })])
        await expectProjectedOnce(second, 101)
        await bench.close(second)

        const third = await bench.open(environment)
        await expectProjectedOnce(third, 101)
      })

      test('with an intent wider than the batches that come later, inserts exactly its range again', async () => {
        const environment = bench.newEnvironment(log)
        const service = await bench.open(environment, MANY_BATCHES)
        await append(
          service,
          Array.from({ length: 200 }, (_, index) => outcome({ tenant_id: 'a', event_id: `evt-${index}` })),
        )
        const failed = gate()
        const tokens: string[] = []
        const first = bench.startProjector(service, {
          store: interceptInserts(service.readModel.store, async ({ deduplicationToken }) => {
            tokens.push(deduplicationToken)
            failed.open()
            throw new Error('the test stops here')
          }),
        })
        await failed.opened
        await first.stop()
        const wide = tokens[0]

        await append(
          service,
          Array.from({ length: 20 }, () => outcome({ tenant_id: 'a' })),
        )
        tokens.length = 0
        const second = bench.startProjector(service, {
          batchBytes: 1024,
          store: interceptInserts(service.readModel.store, async (block, insert) => {
            tokens.push(block.deduplicationToken)
            await insert()
          }),
        })
        await until(async () => (await countRows(service)) === 220)
        await second.stop()
        expect(tokens[0]).toBe(wide)
        expect(tokens.length).toBeGreaterThan(1)
        await expectProjectedOnce(service, 220)
      })

      test('by a slow insert that arrives after its successor has taken over, doubles nothing', async () => {
        const environment = bench.newEnvironment(log)
        const service = await bench.open(environment)
        await fill(service, 40)
        const failed = gate()
        const late: (() => Promise<void>)[] = []
        const first = bench.startProjector(service, {
          store: interceptInserts(service.readModel.store, async (_, insert) => {
            late.push(insert)
            failed.open()
            throw new ExperienceError('Unavailable', 'ClickHouse did not answer in time')
          }),
        })
        await failed.opened
        await first.stop()
        await expectProjectedOnce(service, 40)
        expect(late.length).toBeGreaterThan(0)
        for (const insert of late) await insert()
        await expectProjectedOnce(service, 40)
      })
    })

    test('is not misled by a token that ClickHouse took without the rows', async () => {
      const environment = bench.newEnvironment(log)
      const service = await bench.open(environment)
      await fill(service, 20)
      const { store } = service.readModel
      let lost = 3
      // One at a time, so that what is deleted is what was inserted just now.
      const oneAtATime = new Permits(1)
      const projector = bench.startProjector(service, {
        store: interceptInserts(store, (block, insert) =>
          oneAtATime.run(async () => {
            await insert()
            // As when it dies, or its disk is full, between noting the token down and showing the part.
            if (!block.table.startsWith('events_') || lost-- <= 0) return
            await store.command({
              sql: `ALTER TABLE ${store.table(block.table)} DELETE WHERE true SETTINGS mutations_sync = 2`,
            })
            throw new ExperienceError('Unavailable', 'ClickHouse died')
          }),
        ),
      })
      await until(() => lost <= 0)
      await projector.stop()
      // The next one finds the intents, and tokens that are taken.
      await expectProjectedOnce(service, 20)
    })

    test('tries again until an outage of the store is over', async () => {
      const environment = bench.newEnvironment(log)
      const service = await bench.open(environment)
      await fill(service, 20)
      let outages = 3
      const { store } = service.readModel
      const projector = bench.startProjector(service, {
        store: {
          ...interceptInserts(store, async (_, insert) => {
            if (outages-- > 0) throw new ExperienceError('Unavailable', 'ClickHouse cannot be reached')
            await insert()
          }),
          query: (statement) =>
            outages === 2 && outages-- > 0
              ? Promise.reject(new ExperienceError('Unavailable', 'ClickHouse cannot be reached'))
              : store.query(statement),
        },
      })
      await until(async () => (await countRows(service)) === 20)
      expect(projector.failures).toHaveLength(3)
      await projector.stop()
      await expectProjectedOnce(service, 20)
    })

    describe('the same event twice', () => {
      const events = [outcome({ tenant_id: 'a' }), outcome({ tenant_id: 'a' }, { passed: false })] as const

      test('in a batch, in a later one and after a restart, is projected once', async () => {
        const environment = bench.newEnvironment(log)
        const first = await bench.open(environment)
        await append(first, [events[0], events[0], events[1]])
        await expectProjectedOnce(first, 2)
        await append(first, [events[1], outcome({ tenant_id: 'a' }), events[0]])
        await expectProjectedOnce(first, 3)
        await bench.close(first)

        const second = await bench.open(environment)
        await append(second, [...events, ...events])
        await expectProjectedOnce(second, 3)
      })

      test('in two partitions of a topic that are projected at the same moment, is projected once', async () => {
        const service = await bench.open(bench.newEnvironment(log), { TOPIC_PARTITIONS: '2' })
        const { topics, registry } = service.log
        const topic = topics.topic('events', 'a')
        const schemaId = await registry.register(ENVELOPE_SUBJECT, JSON.stringify(envelopeAvroSchema))
        const requestOf = (event: ExperienceEventEnvelopeInput, key: string) => ({
          topic,
          record: { ...record(frame(schemaId, envelopeToAvro(ExperienceEventEnvelope.parse(event)))), key },
        })
        // As a foreign producer does that has keys of its own.
        const [left, right] = keysOfTwoPartitions()
        const undated = outcome({ tenant_id: 'a', occurred_at: 'after lunch' })
        const alone = [outcome({ tenant_id: 'a' }), outcome({ tenant_id: 'a' })] as const
        await service.log.log.append([alone[0], events[0], events[1], undated].map((event) => requestOf(event, left)))
        // Neither batch is inserted before both have looked for what is there.
        const both = gate()
        let inserting = 0
        const projector = bench.startProjector(service, {
          store: interceptInserts(service.readModel.store, async (_, insert) => {
            if (++inserting === 2) both.open()
            await both.opened
            await insert()
          }),
        })
        await until(() => inserting === 1)
        await service.log.log.append([events[1], undated, alone[1], events[0]].map((event) => requestOf(event, right)))
        await until(async () => inserting === 2 && (await countRows(service)) === 5)
        await projector.stop()
        await expectProjectedOnce(service, 5)
        const { store } = service.readModel
        expect(
          await store.query({
            sql: `SELECT partition, count() AS rows FROM ${store.table('events')} GROUP BY partition ORDER BY partition`,
          }),
        ).toEqual([
          { partition: 0, rows: '4' },
          { partition: 1, rows: '1' },
        ])
      })

      test('with a time that cannot be read, is projected once', async () => {
        const service = await bench.open(bench.newEnvironment(log))
        const undated = outcome({ tenant_id: 'a', occurred_at: 'after lunch' })
        await append(service, [undated, undated])
        await expectProjectedOnce(service, 1)
        await append(service, [undated])
        await expectProjectedOnce(service, 1)
      })

      test('is told apart from another with the same id, which is kept', async () => {
        const service = await bench.open(bench.newEnvironment(log))
        const head = { tenant_id: 'a', event_id: 'evt-0' }
        await append(service, [outcome(head), outcome(head), outcome(head, { tokens: 1n }), budgetExceeded(head)])
        await expectProjectedOnce(service, 3)
        const { store } = service.readModel
        expect(await store.query({ sql: `SELECT event_id, contents FROM ${store.table('reused_event_ids')}` })).toEqual(
          [{ event_id: 'evt-0', contents: '3' }],
        )
      })
    })

    describe('a record that is no event', () => {
      const schemaId = (service: Service): Promise<number> =>
        service.log.registry.register(ENVELOPE_SUBJECT, JSON.stringify(envelopeAvroSchema))
      const avro = (input: ExperienceEventEnvelopeInput): Buffer => envelopeToAvro(ExperienceEventEnvelope.parse(input))

      test('goes to the dead letters with its reason, and the others are projected', async () => {
        const service = await bench.open(bench.newEnvironment(log))
        const { topics } = service.log
        const id = await schemaId(service)
        const whole = avro(outcome({ tenant_id: 'a' }))
        const bad = [
          { reason: 'NotFramed', field: null, schema_id: null, value: Buffer.from('{"no":"frame"}') },
          { reason: 'NotFramed', field: null, schema_id: null, value: Buffer.alloc(0) },
          { reason: 'UnknownSchema', field: null, schema_id: 2 ** 31 - 1, value: frame(2 ** 31 - 1, whole) },
          { reason: 'Undecodable', field: null, schema_id: id, value: frame(id, whole.subarray(0, -1)) },
          { reason: 'Undecodable', field: null, schema_id: id, value: frame(id, Buffer.concat([whole, whole])) },
          {
            reason: 'Invalid',
            field: 'event_id',
            schema_id: id,
            value: frame(id, avro(outcome({ tenant_id: 'a', event_id: 'a@b' }))),
          },
          {
            reason: 'WrongTopic',
            field: 'tenant_id',
            schema_id: id,
            value: frame(id, avro(outcome({ tenant_id: 'b' }))),
          },
        ]
        const topic = topics.topic('events', 'a')
        await append(service, [outcome({ tenant_id: 'a' })])
        const positions = await service.log.log.append(bad.map(({ value }) => ({ topic, record: record(value) })))
        await append(service, [outcome({ tenant_id: 'a' }), outcome({ tenant_id: 'b' })])

        await expectProjectedOnce(service, 3)
        const { store } = service.readModel
        const rows = await store.query({
          sql: `SELECT tenant_id, topic, toInt64(offset) AS at, reason, field, schema_id, record_key, headers,
              base64Encode(record_value) AS value FROM ${store.table('dead_letters')} ORDER BY offset`,
        })
        expect(rows).toEqual(
          bad.map(({ value, ...why }, index) => ({
            tenant_id: 'a',
            topic,
            at: String(positions[index]!.offset),
            ...why,
            record_key: 'key',
            headers: { trace: 'é' },
            value: value.toString('base64'),
          })),
        )

        const letters = await readTopics(service.log.log, [topics.topic('dead-letters', 'a')])
        expect(letters.map(({ value }) => Buffer.from(value ?? []).toString('base64'))).toEqual(
          bad.map(({ value }) => value.toString('base64')),
        )
        for (const [index, { headers, key, timestamp }] of letters.entries()) {
          const { reason, field } = bad[index]!
          expect({ key, timestamp }).toEqual({ key: 'key', timestamp: RECORD_TIME })
          expect(headers).toMatchObject({
            trace: 'é',
            'dead-letter.reason': reason,
            'dead-letter.topic': topic,
            'dead-letter.partition': '0',
            'dead-letter.offset': String(positions[index]!.offset),
            'dead-letter.value': 'whole',
          })
          expect(headers['dead-letter.field']).toBe(field ?? undefined)
          expect(headers['dead-letter.message']).toBeTruthy()
        }
        expect(await readTopics(service.log.log, [topics.topic('dead-letters', 'b')])).toEqual([])
      })

      test('as large as the log allows goes to the dead-letter topic without its bytes', async () => {
        const service = await bench.open(bench.newEnvironment(log))
        const topic = service.log.topics.topic('events', 'a')
        const limit = await service.log.log.maxRecordBytes(topic)
        await service.log.log.append([{ topic, record: record('x'.repeat(limit - 100)) }])
        expect(await service.verify()).toEqual({ events: 0, differences: [] })
        const [letter] = await readTopics(service.log.log, [service.log.topics.topic('dead-letters', 'a')])
        expect(letter?.headers).toMatchObject({ 'dead-letter.value': 'left out', 'dead-letter.offset': '0' })
        expect(textsOf([letter!])).toEqual([''])
        const { store } = service.readModel
        const [row] = await store.query({
          sql: `SELECT length(assumeNotNull(record_value)) AS bytes FROM ${store.table('dead_letters')}`,
        })
        expect(row).toEqual({ bytes: String(limit - 100) })
      })
    })

    describe('at the limits', () => {
      const LONG = 'x'.repeat(252)
      const metadata = new Map(Array.from({ length: 200 }, (_, index) => [`key-${index} \u{1F680}`, `value ${index}`]))
      const extremes: Readonly<Record<string, ExperienceEventEnvelopeInput>> = {
        'the largest numbers': outcome(
          { tenant_id: 'a' },
          { latency_ms: 2n ** 64n - 1n, tokens: 2n ** 64n - 1n, cost_microdollars: 2n ** 64n - 1n },
        ),
        'ids of 256 characters': outcome({
          tenant_id: `${LONG}.ten`,
          event_id: `${LONG}-evt`,
          correlation_id: `${LONG}_cor`,
        }),
        'ids that differ in the last of 256 characters': outcome({
          tenant_id: `${LONG}.teN`,
          event_id: `${LONG}-evt`,
          correlation_id: `${LONG}_cor`,
        }),
        'a tenant with dots': outcome({ tenant_id: 'a.b.c' }),
        'a tenant with underscores': outcome({ tenant_id: 'a_b_c' }),
        'a tenant with both': outcome({ tenant_id: 'a.b_c' }),
        'a tenant of dots only': outcome({ tenant_id: '..' }),
        'a tenant with hyphens': outcome({ tenant_id: '-n' }),
        'no tenant': outcome(),
        emoji: outcome(
          { tenant_id: 'a' },
          { chain_id: 'chain \u{1F680}\u{1F469}\u200D\u{1F680}', backend: '\u2028\u0085\0' },
        ),
        '200 keys': outcome({ tenant_id: 'a' }, { metadata }),
        'keys of prototypes': outcome(
          { tenant_id: 'a' },
          {
            metadata: new Map(
              [...['__proto__', 'constructor', '', '\0', '10', '9'].entries()].map(([at, key]) => [key, `${at}`]),
            ),
          },
        ),
        'a payload of 900 KB': outcome({ tenant_id: 'a' }, { backend: 'é\u{1F680}'.repeat(150_000) }),
      }

      test('events come back byte for byte', async () => {
        const service = await bench.open(bench.newEnvironment(log))
        await append(service, Object.values(extremes))
        await expectProjectedOnce(service, Object.keys(extremes).length)
        for (const [name, input] of Object.entries(extremes)) {
          const envelope = parseEnvelope(input)
          const { event_id, tenant_id, correlation_id } = envelope
          const query = EventQuery.parse({ kinds: [], event_id, tenant_id, correlation_id })
          const found = await queryEvents(service.queries, query)
          expect(
            found.map(({ json }) => json === envelopeToJson(envelope)),
            name,
          ).toEqual([true])
        }
      })

      test('an event that is too large is refused, and nothing is sent', async () => {
        const service = await bench.open(bench.newEnvironment(log))
        const tooLarge = outcome({ tenant_id: 'a' }, { backend: 'x'.repeat(1_048_588) })
        await expect(append(service, [tooLarge])).rejects.toMatchObject({
          code: 'InvalidQuery',
          field: 'events[0].event',
        })
        const producer = await service.openProducer()
        await expect(producer.append(tooLarge)).rejects.toMatchObject({ code: 'InvalidQuery', field: 'event' })
        await producer.close()
        const end = await service.endOfLog()
        expect(end.every(({ next }) => next === 0n)).toBe(true)
        await expectProjectedOnce(service, 0)
      })
    })

    test('says which partitions lag while a projector hangs', async () => {
      const environment = bench.newEnvironment(log)
      const service = await bench.open(environment)
      await append(service, [outcome({ tenant_id: 'a' })])
      const reached = gate()
      const released = gate()
      const hanging = bench.startProjector(service, {
        store: interceptInserts(service.readModel.store, async (_, insert) => {
          reached.open()
          await released.opened
          await insert()
        }),
      })
      await reached.opened
      const waiting = await bench.open(environment, { READ_WAIT_MS: '300' })
      await expect(waiting.catchUp()).rejects.toMatchObject({
        code: 'Lagging',
        message: expect.stringContaining(`${service.log.topics.topic('events', 'a')}/0 (1 behind)`) as string,
      })
      released.open()
      await hanging.stop()
      await expectProjectedOnce(service, 1)
    })

    test('two services of one log and read model share the work and double nothing', async () => {
      const environment = bench.newEnvironment(log)
      const services = [await bench.open(environment), await bench.open(environment)]
      const running = services.map((service) => service.project())
      for (let round = 0; round < 5; round++) {
        await append(
          services[round % 2]!,
          Array.from({ length: 40 }, (_, index) => outcome({ tenant_id: `tenant-${index % 4}` })),
        )
      }
      await until(async () => (await countRows(services[0]!)) === 200)
      await services[0]!.stopProjecting()
      await append(services[0]!, [outcome({ tenant_id: 'tenant-1' })])
      await expectProjectedOnce(services[1]!, 201)
      await services[1]!.stopProjecting()
      await Promise.all(running)
    })
  })
}

const RECORD_TIME = 1_767_225_600_000

function record(value: string | Buffer) {
  return { key: 'key', value: Buffer.from(value), headers: { trace: 'é' }, timestamp: RECORD_TIME }
}

/** A key for each of the partitions of a topic that has two. */
function keysOfTwoPartitions(): readonly [string, string] {
  const keyOf = (partition: number): string => {
    for (let n = 0; ; n++) if (partitionOfKey(`key-${n}`, 2) === partition) return `key-${n}`
  }
  return [keyOf(0), keyOf(1)]
}
