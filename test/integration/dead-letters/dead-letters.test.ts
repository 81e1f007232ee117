import { describe, expect, test } from 'vitest'
import { deadLetterRequest } from '../../../consumers/dead-letters/dead-letter-record.ts'
import { readDeadLetters } from '../../../consumers/dead-letters/read-dead-letters.ts'
import { ShareLimit } from '../../../consumers/dead-letters/share-limit.ts'
import { EnvelopeDecoders } from '../../../consumers/envelope-decoders.ts'
import { rangeProjection } from '../../../consumers/project-range.ts'
import { Projector } from '../../../consumers/projector.ts'
import type { SchemaRegistry } from '../../../log/schema-registry.ts'
import type { ReadModelStore } from '../../../projections/read-model-store.ts'
import type { Service } from '../../../service/wiring/service.ts'
import { readTopics } from '../../contract/event-log/event-log-fixture.ts'
import { gate, until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { badRecord } from '../../unit/consumers/dead-letters/bad-records.ts'
import { logRecord } from './bad-records.ts'
import { interceptInserts } from '../intercepted-parts.ts'
import { append, countRows, ServiceBench } from '../service-bench.ts'
import { kafka, lmdb, type Environment } from '../service-place.ts'
import { outcome } from '../test-events.ts'

const LIMIT = { share: 0.5, window: 10_000, minimum: 20 }
const TIGHT = { PROJECTOR_DEAD_LETTER_MINIMUM: '20' }
const LIMIT_REACHED = { code: 'TooManyDeadLetters', retryable: false }

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`dead letters on ${log.name}`, () => {
    const bench = new ServiceBench()

    const good = (tenant: string, count: number) => Array.from({ length: count }, () => outcome({ tenant_id: tenant }))
    const appendGarbage = async ({ log: { log: to, topics } }: Service, tenant: string, count: number) => {
      const topic = topics.topic('events', tenant)
      return to.append(Array.from({ length: count }, (_, at) => ({ topic, record: logRecord(`garbage ${at}`) })))
    }
    const lettersOf = async ({ log: { log: from, topics } }: Service, ...tenants: string[]) =>
      readTopics(
        from,
        tenants.map((tenant) => topics.topic('dead-letters', tenant)),
      )

    /** A projector with parts of its own, in the group of the service's. */
    const projectorOf = (
      { log: { log: from, topics, registry }, readModel: { store, generation } }: Service,
      environment: Environment,
      parts: { registry?: SchemaRegistry; store?: ReadModelStore; limit: ShareLimit },
    ) => {
      const decoders = new EnvelopeDecoders(parts.registry ?? registry)
      const project = rangeProjection({ log: from, topics, store, generation, ...parts, decoders })
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
          limit: new ShareLimit(LIMIT),
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

      test('end who waits and who projects with the same error, until the limit is raised', async () => {
        const environment = bench.newEnvironment(log)
        const service = await bench.open(environment, TIGHT)
        await append(service, good('a', 5))
        await service.catchUp()
        await appendGarbage(service, 'a', 30)
        await expect(service.catchUp()).rejects.toMatchObject({
          ...LIMIT_REACHED,
          message: expect.stringMatching(
            /30 of the latest 35 records \(86 %\).*NotFramed in topic .*\/0\/5: /,
          ) as string,
        })
        await expect(service.project()).rejects.toMatchObject(LIMIT_REACHED)
        await bench.close(service)

        const again = await bench.open(environment, TIGHT)
        await expect(again.catchUp()).rejects.toMatchObject(LIMIT_REACHED)
        expect(await countRows(again, 'dead_letters')).toBe(0)
        await bench.close(again)

        const raised = await bench.open(environment, { ...TIGHT, PROJECTOR_DEAD_LETTER_SHARE: '1' })
        await raised.catchUp()
        expect([await countRows(raised), await countRows(raised, 'dead_letters')]).toEqual([5, 30])
        expect(await lettersOf(raised, 'a')).toHaveLength(30)
      })

      test('let the ranges of other partitions that are under way be finished', async () => {
        const environment = bench.newEnvironment(log)
        const service = await bench.open(environment)
        await append(service, [...good('slow', 3), ...good('bad', 1)])
        const slow = service.log.topics.topic('events', 'slow')
        const [inserting, release] = [gate(), gate()]
        const limit = new ShareLimit(LIMIT)
        const { projector, failures, group } = projectorOf(service, environment, {
          limit,
          store: interceptInserts(service.readModel.store, async ({ deduplicationToken }, insert) => {
            if (deduplicationToken.includes(slow)) {
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
        await until(async () => (await countRows(service)) === 1)
        let takes = 0
        const take = limit.take.bind(limit)
        limit.take = (...range) => {
          takes++
          return take(...range)
        }
        await appendGarbage(service, 'bad', 30)
        await until(() => takes > 0)
        expect(ended).toBe(false)
        release.open()
        await outcomeOfRun
        expect([takes, failures]).toEqual([1, []])
        expect(await service.log.log.committed(group, [slow])).toMatchObject([{ offset: 3n, metadata: '' }])
        expect(await countRows(service)).toBe(4)
      })
    })

    test('of one small tenant do not stop the others', async () => {
      const service = await bench.open(bench.newEnvironment(log), TIGHT)
      await append(service, good('large', 300))
      await service.catchUp()
      await appendGarbage(service, 'small', 100)
      await append(service, good('large', 10))
      await service.catchUp()
      expect([await countRows(service), await countRows(service, 'dead_letters')]).toEqual([310, 100])
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
