import { describe, expect, test } from 'vitest'
import type { Position } from '../../../base/position.ts'
import { releaseTopics } from '../../../operations/holds/release.ts'
import { OperationsLog } from '../../../operations/log/operations-log.ts'
import { ask } from '../../../service/questions/question.ts'
import { questions } from '../../../service/questions/questions.ts'
import type { Service } from '../../../service/wiring/service.ts'
import { StreamingExperienceStore } from '../../../service/store/streaming-experience-store.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { append, countRows, ServiceBench } from '../service-bench.ts'
import { kafka, lmdb, settingsOf, type Environment } from '../service-place.ts'
import { outcome } from '../test-events.ts'
import { logRecord } from './bad-records.ts'

const TIGHT = { PROJECTOR_DEAD_LETTER_MINIMUM: '20', READ_WAIT_MS: '60000' }

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`held topics on ${log.name}`, () => {
    const bench = new ServiceBench()

    const good = (tenant: string, count: number) => Array.from({ length: count }, () => outcome({ tenant_id: tenant }))
    const topicOf = ({ log: { topics } }: Service, tenant: string): string => topics.topic('events', tenant)
    const appendGarbage = async (service: Service, tenant: string, count: number): Promise<Position[]> =>
      service.log.log.append(
        Array.from({ length: count }, (_, at) => ({
          topic: topicOf(service, tenant),
          record: logRecord(`garbage ${at}`),
        })),
      )
    const release = async (service: Service, ...tenants: string[]) =>
      releaseTopics(
        service.log,
        service.readModel.store.database,
        tenants.map((tenant) => topicOf(service, tenant)),
      )
    const totals = async (service: Service, tenant: string | null): Promise<bigint> =>
      (await ask(service, questions.summary, { tenant_id: tenant })).total_events
    const heldNames = async (service: Service): Promise<string[]> =>
      (await service.heldTopics()).map(({ topic }) => topic)
    /** A log with five events of `bad` and behind them 30 records that are none, held; and events of `fine`. */
    const withHeldTopic = async (environment: Environment): Promise<Service> => {
      const service = await bench.open(environment, TIGHT)
      await append(service, [...good('bad', 5), ...good('fine', 3)])
      await service.catchUp()
      await appendGarbage(service, 'bad', 30)
      await expect(service.catchUp()).rejects.toMatchObject({ code: 'TopicHeld' })
      return service
    }

    test('of one tenant let the others go on: their questions as ever, its own and all of them say what is lacking', async () => {
      const service = await withHeldTopic(bench.newEnvironment(log))
      const topic = topicOf(service, 'bad')
      await append(service, good('fine', 4))
      expect(await totals(service, 'fine')).toBe(7n)
      const lacking = {
        code: 'TopicHeld',
        retryable: false,
        message: expect.stringContaining(`${topic} from ${topic}/0/5 on (NotFramed)`) as string,
      }
      const asked = performance.now()
      await expect(totals(service, 'bad')).rejects.toMatchObject(lacking)
      await expect(totals(service, null)).rejects.toMatchObject(lacking)
      expect(performance.now() - asked).toBeLessThan(30_000)
      const told: string[] = []
      const summary = await ask(
        service,
        questions.summary,
        { tenant_id: null },
        { lacks: (held) => told.push(...held.map((each) => each.topic)) },
      )
      expect([summary.total_events, told]).toEqual([12n, [topic]])
      expect(await countRows(service, 'dead_letters')).toBe(0)

      const { events, differences } = await service.verify()
      expect(events).toBe(12)
      expect(differences).toMatchObject([
        { topic, measure: expect.stringContaining('from 5 on, held') as string, log: '30', tables: '0' },
      ])
      expect((await service.verify({ tenant: 'fine' })).differences).toEqual([])
    })

    test('stay so for those that start later; released, they go on, and nothing is lost or doubled', async () => {
      const environment = bench.newEnvironment(log)
      const first = await withHeldTopic(environment)
      await append(first, good('bad', 2))
      await bench.close(first)

      const service = await bench.open(environment, TIGHT)
      await append(service, good('fine', 1))
      expect(await totals(service, 'fine')).toBe(4n)
      expect(await heldNames(service)).toEqual([topicOf(service, 'bad')])
      expect(await countRows(service, 'dead_letters')).toBe(0)

      expect(await release(service, 'bad')).toEqual([{ topic: topicOf(service, 'bad'), records: 32n }])
      await until(async () => (await heldNames(service)).length === 0)
      await service.catchUp()
      expect([await countRows(service), await countRows(service, 'dead_letters')]).toEqual([11, 30])
      expect((await service.verify()).differences).toEqual([])
      await expect(release(service, 'bad')).rejects.toMatchObject({ code: 'NotFound' })
    })

    test('are held again where garbage comes behind what was released, and counted anew', async () => {
      const service = await withHeldTopic(bench.newEnvironment(log))
      await release(service, 'bad')
      await until(async () => (await heldNames(service)).length === 0)
      await service.catchUp()
      await appendGarbage(service, 'bad', 19)
      await service.catchUp()
      expect(await countRows(service, 'dead_letters')).toBe(49)
      await appendGarbage(service, 'bad', 1)
      await expect(service.catchUp()).rejects.toMatchObject({
        code: 'TopicHeld',
        message: expect.stringContaining('/0/54 on') as string,
      })
      expect(await countRows(service, 'dead_letters')).toBe(49)
      const operations = await new OperationsLog(service.log.log, service.log.topics).read()
      expect(operations.map(({ operation }) => operation.type)).toEqual(['TopicHeld', 'TopicReleased', 'TopicHeld'])
    })

    test('are those of every tenant that brings garbage, while others come in', async () => {
      const service = await bench.open(bench.newEnvironment(log), TIGHT)
      const tenants = ['a', 'b', 'c']
      for (const tenant of tenants) await appendGarbage(service, tenant, 150)
      await append(service, good('fine', 1))
      expect(await totals(service, 'fine')).toBe(1n)
      await until(async () => (await heldNames(service)).length === 3)
      await append(service, good('new', 2))
      expect(await totals(service, 'new')).toBe(2n)
      expect((await heldNames(service)).toSorted()).toEqual(tenants.map((tenant) => topicOf(service, tenant)))
    })

    test('end with their tenant', async () => {
      const service = await withHeldTopic(bench.newEnvironment(log))
      const maintenance = await service.beginMaintenance()
      const never = new AbortController().signal
      await maintenance.deleteTenant('bad', { stopped: never, onWait: () => {} })
      await until(async () => (await heldNames(service)).length === 0)
      await append(service, good('bad', 1))
      expect([await totals(service, 'bad'), await totals(service, null)]).toEqual([1n, 4n])
      expect((await service.verify()).differences).toEqual([])
    })

    test("do not hold up a store's questions about other tenants, whatever it has appended", async () => {
      const environment = bench.newEnvironment(log)
      await bench.close(await withHeldTopic(environment))
      const store = await StreamingExperienceStore.open(settingsOf(environment, TIGHT))
      try {
        await store.appendEvents([...good('bad', 1), ...good('fine', 1)])
        expect(await store.queryEvents({ kinds: [], tenant_id: 'fine' })).toHaveLength(4)
        for (const tenant_id of ['bad', null])
          await expect(store.queryEvents({ kinds: [], tenant_id })).rejects.toMatchObject({ code: 'TopicHeld' })
      } finally {
        await store.close()
      }
    })
  })
}
