import { describe, expect, test } from 'vitest'
import { eachBatch } from '../../log/each-batch.ts'
import type { EventLog } from '../../log/event-log.ts'
import type { RecordBatch } from '../../log/record.ts'
import { partitionOfKey } from '../../log/partitioner.ts'
import { deleteTopicRows } from '../../projections/generations/topic-rows.ts'
import type { ExperienceEventEnvelopeInput } from '../../schemas/contract/envelope.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import type { Service } from '../../service/wiring/service.ts'
import { gate, until } from '../contract/group-consumer/group-consumer-fixture.ts'
import { framed, logRecord, presentSchema, uncheckedBody } from './dead-letters/bad-records.ts'
import { interceptCommits, interceptInserts, lateInserts } from './intercepted-parts.ts'
import { append, countRows, ServiceBench } from './service-bench.ts'
import { kafka, lmdb } from './service-place.ts'
import { outcome } from './test-events.ts'

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`inserts of a projector on ${log.name}`, () => {
    const bench = new ServiceBench()
    const topicOf = (service: Service): string => service.log.topics.topic('events', 'a')

    /** Events of one tenant, and records that are none, at times that are the same at every call. */
    const appendAtFixedTimes = async (
      service: Service,
      events: readonly ExperienceEventEnvelopeInput[],
      { bad = 0, key = 'key' } = {},
    ): Promise<void> => {
      const schemaId = await presentSchema(service.log)
      const values = events.map((event) => framed(schemaId, uncheckedBody(event)))
      const garbage = Array.from({ length: bad }, () => Buffer.from('no event'))
      const records = [...values, ...garbage].map((value) => ({ ...logRecord(value), key }))
      await service.log.log.append(records.map((record) => ({ topic: topicOf(service), record })))
    }
    const newEvents = (count: number) => Array.from({ length: count }, () => outcome({ tenant_id: 'a' }))
    const rowsOf = async (service: Service) => [await countRows(service), await countRows(service, 'dead_letters')]

    test.each([
      ['events_', /^ClickHouse took 5 rows of .*\/0 from offset 0 on, and the table events_.* lacks them$/],
      ['dead_letters_', /^ClickHouse took 2 rows of .*\/0 from offset 5 on, and the table dead_letters_.* lacks them$/],
    ])('into %s… are noticed where they wrote nothing, and made again', async (table, message) => {
      const service = await bench.open(bench.newEnvironment(log))
      await appendAtFixedTimes(service, newEvents(5), { bad: 2 })
      let swallowed = false
      const projector = bench.startProjector(service, {
        store: interceptInserts(service.readModel.store, async (block, insert) => {
          if (swallowed || !block.table.startsWith(table)) return insert()
          // The server says that it took the rows.
          swallowed = true
        }),
      })
      await until(async () => (await countRows(service)) === 5)
      await projector.stop()
      expect(projector.failures.map((error) => (error as ExperienceError).message)).toEqual([
        expect.stringMatching(message),
      ])
      expect(await service.verify()).toEqual({ events: 5, differences: [] })
      expect(await rowsOf(service)).toEqual([5, 2])
    })

    test('bring a topic that was made anew with equal records, times and positions, however often', async () => {
      const environment = bench.newEnvironment(log)
      const events = newEvents(5)
      for (let time = 0; time < 3; time++) {
        const service = await bench.open(environment)
        await appendAtFixedTimes(service, events, { bad: 1 })
        expect(await service.verify()).toEqual({ events: 5, differences: [] })
        expect(await rowsOf(service)).toEqual([5, 1])
        await service.stopProjecting()
        await service.log.log.deleteTopics([topicOf(service)])
        await deleteTopicRows(service.readModel.store, service.readModel.generation, topicOf(service))
        await bench.close(service)
      }
    })

    test('take no rows that an earlier topic of the name left for those of a range that failed', async () => {
      const environment = bench.newEnvironment(log)
      const service = await bench.open(environment)
      await appendAtFixedTimes(service, newEvents(5), { bad: 1 })
      await service.catchUp()
      await service.stopProjecting()
      await service.log.log.deleteTopics([topicOf(service)])
      await appendAtFixedTimes(service, newEvents(5), { bad: 1 })
      let failed = false
      const projector = bench.startProjector(service, {
        store: interceptInserts(service.readModel.store, async (block, insert) => {
          if (failed || block.table.startsWith('dead_letters')) return insert()
          failed = true
          throw new ExperienceError('Unavailable', 'ClickHouse cannot be reached')
        }),
      })
      await until(async () => (await countRows(service)) === 10)
      await projector.stop()
      expect(projector.failures).toHaveLength(1)
      expect(await countRows(service)).toBe(10)
    })

    test('that a release before had under way are made again under its token', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      const { log: its, topics } = service.log
      await appendAtFixedTimes(service, newEvents(5))
      const interrupted = await abandonAsReleaseBefore(its, service.group, topics.topicPrefix('events'))
      const { topic, partition, first, next } = interrupted
      const token = `${service.readModel.generation.id}:${topic}:${partition}:${first}:${next - 1n}:${NAME_OF_RELEASE_BEFORE}`
      const { store } = service.readModel
      const projector = bench.startProjector(service, {
        store: interceptInserts(store, async (block, insert) => {
          await insert()
          // What the release before had sent arrives only now.
          await store.insert({ ...block, deduplicationToken: token })
        }),
      })
      await until(async () => (await its.committed(service.group, [topic]))[0]?.offset === next)
      await projector.stop()
      expect(await service.verify()).toEqual({ events: 5, differences: [] })
      expect(await countRows(service)).toBe(5)
    })

    test('that arrive late, when the range was found to be stored in another partition, double nothing', async () => {
      const service = await bench.open(bench.newEnvironment(log), { TOPIC_PARTITIONS: '2' })
      const { log: its } = service.log
      const { store } = service.readModel
      const [left, right] = keysOfTwoPartitions()
      const events = newEvents(5)
      await appendAtFixedTimes(service, events, { key: right })

      const intents = new Set<string>()
      const late = lateInserts(store)
      const first = bench.startProjector(service, {
        log: interceptCommits(its, (_, metadata, commit) => {
          if (metadata !== '') intents.add(metadata)
          return commit()
        }),
        store: late.store,
      })
      await late.underWay
      await first.stop()

      // The copies in the other partition are inserted before the range is looked at again.
      await appendAtFixedTimes(service, events, { key: left })
      const second = bench.startProjector(service, {
        log: interceptCommits(its, async (_, metadata, commit) => {
          if (intents.has(metadata)) await until(async () => (await countRows(service)) === 5)
          return commit()
        }),
      })
      await until(async () => {
        const committed = await its.committed(service.group, [topicOf(service)])
        return committed.length === 2 && committed.every(({ offset, metadata }) => offset === 5n && metadata === '')
      })
      await second.stop()
      await late.arrive()
      expect(await service.verify()).toEqual({ events: 5, differences: [] })
      expect(await countRows(service)).toBe(5)
    })

    test('are made anew where somebody set the group back and removed the rows', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await append(service, newEvents(5))
      await service.catchUp()
      await service.stopProjecting()
      await deleteTopicRows(service.readModel.store, service.readModel.generation, topicOf(service))
      await service.log.log.deleteGroup(service.group)
      expect(await service.verify()).toEqual({ events: 5, differences: [] })
    })
  })
}

const NAME_OF_RELEASE_BEFORE = 'n-m_0123'

/** Does what a projector of the release before did until it died: it had committed its intent. Answers with its range. */
async function abandonAsReleaseBefore(log: EventLog, group: string, topicPrefix: string): Promise<RecordBatch> {
  const consumer = log.consumer(group, { topicPrefix, discoveryMs: 100, lingerMs: 50, batchBytes: 1 << 20 })
  const begun = gate()
  let range: RecordBatch | undefined
  const handler = eachBatch(async (batch, claim) => {
    range ??= batch
    await claim.commit(range.first, `intent:${range.next}:${NAME_OF_RELEASE_BEFORE}`)
    begun.open()
    throw new Error('the test stops here')
  })
  const running = consumer.run(handler)
  await begun.opened
  await consumer.stop()
  await running
  return range!
}

/** A key for each of the partitions of a topic that has two. */
function keysOfTwoPartitions(): readonly [string, string] {
  const keyOf = (partition: number): string => {
    for (let n = 0; ; n++) if (partitionOfKey(`key-${n}`, 2) === partition) return `key-${n}`
  }
  return [keyOf(0), keyOf(1)]
}
