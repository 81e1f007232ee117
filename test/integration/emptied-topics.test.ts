import kafkajs from 'kafkajs'
import { describe, expect, inject, test } from 'vitest'
import { ExperienceError } from '../../base/experience-error.ts'
import { parseAsOf } from '../../service/questions/as-of.ts'
import { StreamingExperienceStore } from '../../service/store/streaming-experience-store.ts'
import type { Service } from '../../service/wiring/service.ts'
import { queryEvents } from '../../queries/events.ts'
import { EventQuery } from '../../schemas/contract/event-query.ts'
import { gate, until } from '../contract/group-consumer/group-consumer-fixture.ts'
import { interceptInserts, lateInserts } from './intercepted-parts.ts'
import { EVERYTHING } from './rebuild/rebuild-scopes.ts'
import { append, countRows, ServiceBench } from './service-bench.ts'
import { jsonLines, runCommand } from './run-command.ts'
import { kafka, lmdb, settingsOf } from './service-place.ts'
import { outcome } from './test-events.ts'

const TENANT = 'emptied'
function events(count: number, tenant = TENANT) {
  return Array.from({ length: count }, () => outcome({ tenant_id: tenant }))
}
const realKafka = kafka()

describe.skipIf(realKafka.skipped !== undefined)('a topic whose records somebody removed', () => {
  const bench = new ServiceBench()
  const topicOf = (service: Service): string => service.log.topics.topic('events', TENANT)
  const removeBefore = async (service: Service, offset: number): Promise<void> => {
    const topic = topicOf(service)
    const brokers = inject('kafkaBrokers').split(',')
    const partitions = [{ partition: 0, offset: String(offset) }]
    await until(async () => {
      // Each time a new one: its view of the topics may be older than the topic.
      const admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin()
      await admin.connect()
      try {
        await admin.fetchTopicMetadata({ topics: [topic] })
        await admin.deleteTopicRecords({ topic, partitions })
        return true
      } catch {
        return false
      } finally {
        await admin.disconnect()
      }
    })
    await until(async () => (await service.log.log.offsets([topic]))[0]?.earliest === BigInt(offset))
  }
  /** Nothing that a reader asks may wait for what never comes. */
  const open = (environment = bench.newEnvironment(realKafka)) => bench.open(environment, { READ_WAIT_MS: '5000' })

  test('before anything of it was projected keeps no reader waiting', async () => {
    const service = await open()
    await append(service, [...events(100), ...events(5, 'other')])
    await removeBefore(service, 100)
    expect((await service.unprojected()).map(({ lag }) => lag)).toEqual([5n])
    expect(await service.verify()).toEqual({ events: 5, differences: [] })
    expect(await service.verify({ tenant: TENANT })).toEqual({ events: 0, differences: [] })
    const asked = EventQuery.parse({ kinds: [], tenant_id: TENANT })
    expect(
      await queryEvents(await service.queriesAsOf(TENANT, { asOf: parseAsOf('2100-01-01T00:00:00Z') }), asked),
    ).toEqual([])
    await expect(service.queriesAsOf(null, { asOf: parseAsOf(`${topicOf(service)}/0/17`) })).rejects.toMatchObject({
      code: 'InvalidQuery',
      field: 'as_of',
    })

    await append(service, events(3))
    expect(await service.verify()).toEqual({ events: 8, differences: [] })
    expect(await countRows(service)).toBe(8)
  })

  test('after it was projected, and after Kafka has forgotten the commits, keeps no reader waiting', async () => {
    const environment = bench.newEnvironment(realKafka)
    const first = await open(environment)
    await append(first, events(20))
    await first.catchUp()
    await bench.close(first)
    const second = await open(environment)
    await removeBefore(second, 20)
    await second.log.log.deleteGroup(second.group)
    await append(second, events(2, 'other'))
    const { events: counted, differences } = await second.verify()
    expect(counted).toBe(2)
    expect(differences).toMatchObject([{ measure: 'events of partition 0 from before the log begins', tables: '20' }])
    await append(second, events(3))
    await second.catchUp()
    expect(await countRows(second)).toBe(25)
  })

  test('between two runs of the projector keeps no reader waiting', async () => {
    const environment = bench.newEnvironment(realKafka)
    const first = await open(environment)
    await append(first, events(10))
    await first.catchUp()
    await bench.close(first)
    const second = await open(environment)
    await append(second, events(10))
    await removeBefore(second, 20)
    expect(await second.unprojected()).toEqual([])
    await append(second, events(5))
    await second.catchUp()
    expect(await countRows(second)).toBe(15)
  })

  test.each([10, 20])('up to %i of 20, while a projector cannot insert them, does not stop it', async (removed) => {
    const service = await open()
    await append(service, events(20))
    const failed = gate()
    let isDown = true
    const projector = bench.startProjector(service, {
      store: interceptInserts(service.readModel.store, async (_, insert) => {
        failed.open()
        if (isDown) throw new ExperienceError('Unavailable', 'ClickHouse cannot be reached')
        await insert()
      }),
    })
    await failed.opened
    await removeBefore(service, removed)
    isDown = false
    await append(service, events(5))
    await until(async () => (await service.log.log.committed(service.group, [topicOf(service)]))[0]?.offset === 25n)
    await projector.stop()
    // What it held in memory is projected all the same.
    expect(await countRows(service)).toBeGreaterThanOrEqual(25 - removed)
    const measures = (await service.verify()).differences.map(({ measure }) => measure)
    expect(measures.filter((measure) => !measure.endsWith('from before the log begins'))).toEqual([])
  })

  test('is not rebuilt without a word of those who lose events by it', async () => {
    const environment = bench.newEnvironment(realKafka)
    const service = await open(environment)
    await append(service, [...events(20), ...events(2, 'other')])
    await service.catchUp()
    await removeBefore(service, 15)
    const live = await service.liveGeneration()
    const maintenance = await service.beginMaintenance()
    const conduct = { stopped: new AbortController().signal, report: () => {}, onWait: () => {} }
    const refused = await maintenance.rebuild({ scope: EVERYTHING, acceptDeadLetters: false }, conduct)
    expect(refused).toMatchObject({
      switched: false,
      differences: [
        { topic: topicOf(service), log: '0', tables: '15', measure: expect.stringContaining(live.id) as string },
      ],
      allowedBy: ['acceptLostEvents'],
    })
    expect(await countRows(service)).toBe(22)
    await bench.close(service)

    const again = await runCommand(['rebuild', 'resume'], { environment })
    expect(again).toMatchObject({ exitCode: 1 })
    expect(again.stderr).toContain('"experience-log rebuild resume --accept-lost-events"')
    const accepted = await runCommand(['rebuild', 'resume', '--accept-lost-events'], { environment })
    expect(accepted).toMatchObject({ exitCode: 0 })
    expect(jsonLines(accepted.stdout)).toMatchObject([{ differences: 0, switched: true }])
    const reopened = await open(environment)
    expect(await countRows(reopened)).toBe(7)
    expect(await reopened.verify()).toEqual({ events: 7, differences: [] })
  })

  test('is copied as it is where others are rebuilt', async () => {
    const service = await open()
    await append(service, [...events(20), ...events(2, 'other')])
    await service.catchUp()
    await removeBefore(service, 15)
    const maintenance = await service.beginMaintenance()
    const conduct = { stopped: new AbortController().signal, report: () => {}, onWait: () => {} }
    const options = { scope: { ...EVERYTHING, tenants: ['other'] }, acceptDeadLetters: false }
    expect(await maintenance.rebuild(options, conduct)).toMatchObject({ switched: true, differences: [] })
    expect(await countRows(service)).toBe(22)
  })

  test.each([10, 20])('up to %i of 20 that a projector that died had under way, doubles nothing', async (removed) => {
    const service = await open()
    await append(service, events(20))
    const { store } = service.readModel
    const late = lateInserts(store)
    const first = bench.startProjector(service, {
      store: late.store,
    })
    await late.underWay
    await first.stop()
    await removeBefore(service, removed)
    await append(service, events(5))
    expect(await service.verify()).toEqual({ events: 25 - removed, differences: [] })
    // Of an insert on its way nothing is left over, unless nobody could take its token.
    await late.arrive()
    expect(await countRows(service)).toBe(removed === 20 ? 25 : 15)
  })
})

for (const log of [lmdb, realKafka]) {
  describe.skipIf(log.skipped !== undefined)(`a topic that somebody deleted, on ${log.name}`, () => {
    const bench = new ServiceBench()

    test('keeps a store that has appended to it from nothing', async () => {
      const environment = bench.newEnvironment(log)
      const store = await StreamingExperienceStore.open(settingsOf(environment, { READ_WAIT_MS: '3000' }))
      try {
        const service = await bench.open(environment)
        await store.appendEvents([...events(3), ...events(2, 'other')])
        await service.log.log.deleteTopics([service.log.topics.topic('events', TENANT)])
        expect(await store.queryEvents({ kinds: [] })).toHaveLength(2)
      } finally {
        await store.close()
      }
    })
  })
}
