import { describe, expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import { deadLetterRequest } from '../../../consumers/dead-letters/dead-letter-record.ts'
import { readDeadLetters } from '../../../consumers/dead-letters/read-dead-letters.ts'
import { DeadLetterLimit } from '../../../consumers/dead-letters/dead-letter-limit.ts'
import { readsNothingElsewhere } from '../../../consumers/dead-letters/reads-nothing-elsewhere.ts'
import type { TopicHolds } from '../../../consumers/dead-letters/topic-holds.ts'
import { EnvelopeDecoders } from '../../../consumers/envelope-decoders.ts'
import { batchProjection } from '../../../consumers/batch/batch-projection.ts'
import { Projector } from '../../../consumers/projector.ts'
import type { SchemaRegistry } from '../../../log/schema-registry.ts'
import type { ReadModelStore } from '../../../projections/read-model-store.ts'
import type { Service } from '../../../service/wiring/service.ts'
import { readTopics } from '../../contract/event-log/event-log-fixture.ts'
import { gate, until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { badRecord } from '../../unit/consumers/dead-letters/bad-records.ts'
import { framed, logRecord } from './bad-records.ts'
import { interceptInserts } from '../intercepted-parts.ts'
import { append, countRows, ServiceBench } from '../service-bench.ts'
import { kafka, lmdb, type Environment } from '../service-place.ts'
import { outcome } from '../test-events.ts'

const LIMIT = { share: 0.5, window: 10_000, minimum: 20 }
/** Nothing is held before, and nothing may be. */
const holds: TopicHolds = {
  refresh: async () => {},
  heldFrom: async () => null,
  passedTo: async () => offset(0),
  releases: () => 0,
  hold: async ({ from: { topic } }) => {
    throw new Error(`${topic} is held`)
  },
}
const LIMIT_REACHED = { code: 'TooManyDeadLetters', retryable: false }

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`dead letters on ${log.name}`, () => {
    const bench = new ServiceBench()

    const good = (tenant: string, count: number) => Array.from({ length: count }, () => outcome({ tenant_id: tenant }))
    const lettersOf = async ({ log: { log: from, topics } }: Service, ...tenants: string[]) =>
      readTopics(
        from,
        tenants.map((tenant) => topics.topic('dead-letters', tenant)),
      )

    /** A projector with parts of its own, in the group of the service's. */
    const projectorOf = (
      { log: { log: from, topics, registry }, readModel: { store, generation } }: Service,
      environment: Environment,
      parts: { registry?: SchemaRegistry; store?: ReadModelStore; readsNothing?: () => Promise<boolean> },
    ) => {
      const decoders = new EnvelopeDecoders(parts.registry ?? registry)
      const readsNothingBeside = (topic: string): Promise<boolean> =>
        parts.readsNothing?.() ?? readsNothingElsewhere({ log: from, topics, decoders, holds }, topic)
      const limit = new DeadLetterLimit({ options: LIMIT, holds, readsNothingBeside })
      const project = batchProjection({ log: from, topics, store, generation, limit, ...parts, decoders })
      const failures: unknown[] = []
      const group = `${environment['TOPIC_PREFIX']}.projector.${generation.id}`
      const projector = new Projector(from, topics, project, {
        group,
        lingerMs: 20,
        batchBytes: 8 << 20,
        discoveryMs: 100,
        onFailure: (error) => failures.push(error),
      })
      return { projector, failures, group }
    }

    describe('above the share', () => {
      test('of a wrong registry, stop the projector before any is written, and the right one loses nothing', async () => {
        const environment = bench.newEnvironment(log)
        const service = await bench.open(environment)
        await append(service, [...good('a', 50), ...good('b', 50)])
        const wrong: SchemaRegistry = { ...service.log.registry, schemaById: async () => null, close: async () => {} }
        const { projector, failures } = projectorOf(service, environment, {
          registry: wrong,
        })
        await expect(projector.run()).rejects.toMatchObject({
          ...LIMIT_REACHED,
          message: expect.stringContaining('UnknownSchema') as string,
        })
        expect(failures).toEqual([])
        expect(await lettersOf(service, 'a', 'b')).toEqual([])
        expect(await countRows(service, 'dead_letters')).toBe(0)
        // To stop what has ended changes nothing.
        await projector.stop()

        await service.catchUp()
        expect([await countRows(service), await countRows(service, 'dead_letters')]).toEqual([100, 0])
      })

      test('let the batches of other partitions that are under way be finished', async () => {
        const environment = bench.newEnvironment(log)
        const service = await bench.open(environment)
        await append(service, good('slow', 3))
        const [slow, bad] = ['slow', 'bad'].map((tenant) => service.log.topics.topic('events', tenant)) as [
          string,
          string,
        ]
        const [inserting, release] = [gate(), gate()]
        let [takes, inserts] = [0, 0]
        const { projector, failures, group } = projectorOf(service, environment, {
          readsNothing: async () => ++takes > 0,
          store: interceptInserts(service.readModel.store, async (_, insert) => {
            if (++inserts === 1) {
              inserting.open()
              await release.opened
            }
            await insert()
          }),
        })
        let ended = false
        const running = projector.run().finally(() => (ended = true))
        const outcomeOfRun = expect(running).rejects.toMatchObject(LIMIT_REACHED)
        await inserting.opened
        await append(service, good('bad', 1))
        await until(async () => (await countRows(service)) === 1)
        await service.log.log.append(
          Array.from({ length: 30 }, () => ({ topic: bad, record: logRecord(framed(2 ** 30, Buffer.alloc(9))) })),
        )
        await until(() => takes > 0)
        expect(ended).toBe(false)
        release.open()
        await outcomeOfRun
        expect([takes, failures]).toEqual([1, []])
        expect(await service.log.log.committed(group, [slow])).toMatchObject([{ offset: 3n, metadata: '' }])
        expect(await countRows(service)).toBe(4)
      })
    })

    test('are listed topic by topic, in the order in which they were put there', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      const { log: to, topics } = service.log
      const tenants = ['c', 'a', 'b']
      const letter = (tenant: string, at: number) =>
        deadLetterRequest(
          {
            ...badRecord(at),
            record: {
              ...badRecord(at).record,
              topic: topics.topic('events', tenant),
              value: Buffer.alloc(300_000, at),
            },
          },
          topics,
          true,
        )
      for (let at = 0; at < 12; at++) await to.append(tenants.map((tenant) => letter(tenant, at)))
      const names = tenants.map((tenant) => topics.topic('dead-letters', tenant))
      const ids: string[] = []
      for await (const { id } of readDeadLetters(to, topics, names)) ids.push(id)
      const inOrder = ['a', 'b', 'c'].flatMap((tenant) =>
        Array.from({ length: 12 }, (_, at) => `${topics.topic('events', tenant)}/0/${at}`),
      )
      expect(ids).toEqual(inOrder)
    })
  })
}
