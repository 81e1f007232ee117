import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import type { EventLog } from '../../../log/event-log.ts'
import { partitionOfKey } from '../../../log/partitioner.ts'
import { recordBytes } from '../../../log/record-size.ts'
import {
  randomGroup,
  randomPrefix,
  readRecords,
  readTopics,
  request,
  textOf,
  textsOf,
  type AdapterUnderTest,
  type EventLogFixture,
} from './event-log-fixture.ts'

/** What every event log does when it is appended to and read. */
export function describeEventLog(adapter: AdapterUnderTest): void {
  describe.skipIf(adapter.skipped !== undefined)(`event log on ${adapter.name}`, () => {
    let fixture: EventLogFixture
    let log: EventLog
    let prefix: string
    const opened: EventLog[] = []

    const open = async (options?: { readonly partitions?: number }): Promise<EventLog> => {
      const client = await fixture.open(options)
      opened.push(client)
      return client
    }

    beforeAll(async () => {
      fixture = await adapter.create()
    })
    afterAll(() => fixture?.dispose())
    beforeEach(async () => {
      prefix = randomPrefix()
      log = await open()
    })
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((client) => client.close()))
    })

    test('is known by one identity to all its clients', async () => {
      const identity = await log.identity()
      expect(identity).not.toBe('')
      expect(await (await open()).identity()).toBe(identity)
    })

    test('says what serves it', async () => {
      const { name, brokers } = await log.describe()
      expect(name).toMatch(brokers === null ? /^embedded log$/ : /^Kafka [1-9].* \(cluster .+\)$/)
    })

    test('answers with the positions in the order of the records', async () => {
      const topics = [`${prefix}a`, `${prefix}b`]
      const requests = Array.from({ length: 40 }, (_, index) => request(topics[index % 2]!, `key-${index}`))
      const positions = await log.append(requests)
      expect(positions.filter(({ topic }) => topic === topics[0]).map((each) => each.offset)).toEqual(
        Array.from({ length: 20 }, (_, index) => offset(index)),
      )
      for (const [index, { topic, partition, offset: at }] of positions.entries()) {
        const [record] = await readRecords(log, [{ topic, partition, from: at, to: offset(at + 1n) }])
        expect(record).toMatchObject({ topic, partition, offset: at })
        expect(textOf(record!)).toBe(textOf(requests[index]!.record))
      }
    })

    test('keeps everything in the topics that it makes, and tells so', async () => {
      const topics = [`${prefix}a`, `${prefix}b`]
      const wide = await open({ partitions: 3 })
      await log.append([request(topics[0]!, 'key')])
      await wide.append([request(topics[1]!, 'key')])
      const described = await log.describeTopics([...topics, `${prefix}missing`])
      expect(described.map(({ topic, partitions }) => [topic, partitions])).toEqual([
        [topics[0], 1],
        [topics[1], 3],
      ])
      for (const each of described) {
        expect(each.replicasInSync).toBe(each.replicas)
        expect(each.settings).toMatchObject({
          retentionMs: null,
          retentionBytes: null,
          cleanupPolicy: ['delete'],
          timestampType: 'CreateTime',
          timestampAheadMs: null,
          uncleanElections: false,
        })
        expect(each.settings!.maxMessageBytes - 61).toBe(await log.maxRecordBytes(each.topic))
      }
      expect(await log.describeTopics([])).toEqual([])
    })

    test('lacks no right where nobody keeps anything from anybody', async () => {
      await log.append([request(`${prefix}a`, 'key')])
      const operations = ['Describe', 'Read', 'Write', 'Create', 'Delete'] as const
      const needed = operations.flatMap((operation) => [
        { resource: 'topic' as const, name: prefix, isPrefix: true, operation },
        { resource: 'topic' as const, name: `${prefix}a`, isPrefix: false, operation },
        { resource: 'topic' as const, name: `${prefix}b`, isPrefix: false, operation },
      ])
      const ofGroups = (['Describe', 'Read', 'Delete'] as const).map((operation) => ({
        resource: 'group' as const,
        name: randomGroup(),
        isPrefix: true,
        operation,
      }))
      expect(await log.missingRights([...needed, ...ofGroups])).toEqual([])
      expect(await log.topics(prefix)).toEqual([`${prefix}a`])
    })

    test('keeps key, bytes, headers and time exactly', async () => {
      const topic = `${prefix}a`
      const records = [
        { key: 'ключ', value: Uint8Array.from([0, 255, 128, 10]), headers: { kind: 'é', empty: '' }, timestamp: 0 },
        { key: '', value: new Uint8Array(), headers: {}, timestamp: 1_767_225_600_123 },
        { key: 'k', value: null, headers: { kind: 'none' }, timestamp: 1_767_225_600_124 },
      ]
      await log.append(records.map((record) => ({ topic, record })))
      const stored = await readTopics(log, [topic])
      expect(stored).toHaveLength(records.length)
      for (const [index, { value, ...rest }] of records.entries()) {
        expect(stored[index]).toMatchObject(rest)
        expect(stored[index]?.headers).toEqual(rest.headers)
        expect(stored[index]?.value).toEqual(value && Buffer.from(value))
      }
    })

    test("chooses partitions as Kafka's own clients do", async () => {
      const topic = `${prefix}a`
      const partitioned = await open({ partitions: 5 })
      const keys = Array.from({ length: 50 }, (_, index) => `chain-${index}`)
      const positions = await partitioned.append(keys.map((key) => request(topic, key)))
      expect(positions.map(({ partition }) => partition)).toEqual(keys.map((key) => partitionOfKey(key, 5)))
      expect(new Set(positions.map(({ partition }) => partition)).size).toBe(5)
    })

    test('answers right while several clients append at the same time', async () => {
      const clients = [log, await open(), await open()]
      const topics = [`${prefix}a`, `${prefix}b`]
      const requests = Array.from({ length: 300 }, (_, index) => request(topics[index % 2]!, `key-${index % 7}`))
      const positions = await Promise.all(
        requests.map((each, index) => clients[index % clients.length]!.append([each]).then(([position]) => position!)),
      )
      const stored = new Map(
        (await readTopics(log, topics)).map((record) => [
          `${record.topic} ${record.partition} ${record.offset}`,
          record,
        ]),
      )
      expect(stored.size).toBe(requests.length)
      for (const [index, { topic, partition, offset: at }] of positions.entries()) {
        expect(textOf(stored.get(`${topic} ${partition} ${at}`)!)).toBe(textOf(requests[index]!.record))
      }
    })

    test('keeps the order of appends to a partition that are under way together', async () => {
      const topic = `${prefix}a`
      const requests = Array.from({ length: 200 }, (_, index) => request(topic, 'key', `record ${index}`))
      await Promise.all(requests.map((each) => log.append([each])))
      expect(textsOf(await readTopics(log, [topic]))).toEqual(requests.map(({ record }) => textOf(record)))
    })

    test('takes an append larger than any one batch', async () => {
      const topic = `${prefix}a`
      const requests = Array.from({ length: 4000 }, (_, index) => request(topic, 'key', `${index} `.padEnd(1000, 'x')))
      const positions = await log.append(requests)
      expect(positions.map((each) => each.offset)).toEqual(requests.map((_, index) => offset(index)))
      expect(textsOf(await readTopics(log, [topic]))).toEqual(requests.map(({ record }) => textOf(record)))
    })

    test('takes a record exactly as large as allowed, and refuses one that is a byte larger, with all beside it', async () => {
      const topic = `${prefix}a`
      const limit = await log.maxRecordBytes(topic)
      const sized = (bytes: number) => {
        const framing = recordBytes(request(topic, 'key', 'x'.repeat(bytes - 200)).record) - (bytes - 200)
        return request(topic, 'key', 'x'.repeat(bytes - framing))
      }
      expect(recordBytes(sized(limit).record)).toBe(limit)
      await expect(log.append([request(topic, 'key'), sized(limit + 1)])).rejects.toMatchObject({
        code: 'InvalidQuery',
        field: 'event',
        retryable: false,
      })
      expect(await log.topics(prefix)).toEqual([])

      const [position] = await log.append([sized(limit)])
      expect(position?.offset).toBe(0n)
      await expect(log.append([sized(limit + 1)])).rejects.toMatchObject({ code: 'InvalidQuery' })
      expect((await readTopics(log, [topic]))[0]?.value?.byteLength).toBeGreaterThan(limit - 200)
    })

    test('appends nothing when there is nothing to append', async () => {
      expect(await log.append([])).toEqual([])
      expect(await log.append([], { atomic: true })).toEqual([])
    })

    test('appends atomically across topics and partitions, at the positions it answers with', async () => {
      const partitioned = await open({ partitions: 3 })
      const topics = [`${prefix}a`, `${prefix}b`]
      const appends = Array.from({ length: 5 }, () =>
        Array.from({ length: 30 }, (_, index) => request(topics[index % 2]!, `key-${index}`)),
      )
      for (const requests of appends) {
        const positions = await partitioned.append(requests, { atomic: true })
        const ranges = positions.map(({ topic, partition, offset: from }) => ({
          topic,
          partition,
          from,
          to: offset(from + 1n),
        }))
        const stored = await readRecords(log, ranges)
        expect(textsOf(stored).toSorted()).toEqual(requests.map(({ record }) => textOf(record)).toSorted())
      }
      const all = appends.flat().map(({ record }) => textOf(record))
      expect(textsOf(await readTopics(log, topics)).toSorted()).toEqual(all.toSorted())
    })

    test('lists the topics that start with a prefix, sorted', async () => {
      const names = ['b', 'a', 'a-longer', 'c.d'].map((name) => prefix + name)
      await log.append(names.map((name) => request(name, 'key')))
      expect(await log.topics(prefix)).toEqual(names.toSorted())
      expect(await log.topics(`${prefix}a`)).toEqual([`${prefix}a`, `${prefix}a-longer`])
      expect(await log.topics(`${prefix}none`)).toEqual([])
    })

    test('tells what the partitions hold, and leaves out topics that do not exist', async () => {
      const topic = `${prefix}a`
      await log.append([request(topic, 'key'), request(topic, 'key')])
      expect(await log.offsets([`${prefix}missing`, topic])).toEqual([
        { topic, partition: 0, earliest: offset(0), next: offset(2) },
      ])
    })

    test('deletes topics with all that they hold, and leaves out those that do not exist', async () => {
      const [kept, ...doomed] = ['a', 'b', 'c'].map((name) => prefix + name)
      await log.append([kept!, ...doomed].map((topic) => request(topic, 'key', topic)))
      const held = await log.offsets(doomed)
      const other = await open()
      expect(await other.topics(prefix)).toHaveLength(3)
      await log.deleteTopics([...doomed, `${prefix}missing`])
      for (const client of [log, other]) {
        expect(await client.topics(prefix)).toEqual([kept])
        expect(await client.offsets(doomed)).toEqual([])
        const ranges = held.map(({ topic, partition, earliest: from, next: to }) => ({ topic, partition, from, to }))
        expect(await readRecords(client, ranges)).toEqual([])
      }
      expect(textsOf(await readTopics(log, [kept!]))).toEqual([kept])
      await log.deleteTopics(doomed)
      await log.deleteTopics([])
    })

    test('begins a topic anew after its deletion, also for clients that wrote to the old one', async () => {
      const topic = `${prefix}a`
      const other = await open()
      await other.append([request(topic, 'key', 'old 1'), request(topic, 'key', 'old 2')])
      await log.append([request(topic, 'key', 'old 3')])
      await log.deleteTopics([topic])
      expect(await log.append([request(topic, 'key', 'new 1')])).toEqual([{ topic, partition: 0, offset: offset(0) }])
      expect(await other.append([request(topic, 'key', 'new 2')])).toEqual([{ topic, partition: 0, offset: offset(1) }])
      expect(textsOf(await readTopics(log, [topic]))).toEqual(['new 1', 'new 2'])
      expect(
        await other.append([request(topic, 'key', 'new 3'), request(`${prefix}b`, 'key')], { atomic: true }),
      ).toMatchObject([{ offset: 2n }, { offset: 0n }])
    })

    test('counts what a group has committed for a topic for no other of its name', async () => {
      const topic = `${prefix}a`
      const group = randomGroup()
      await log.append([request(topic, 'key'), request(topic, 'key')])
      const commit = { topic, partition: 0, offset: offset(2), metadata: 'text @ with a sign' }
      await log.startGroup(group, [commit])
      expect(await log.committed(group, [topic])).toEqual([commit])
      await log.deleteTopics([topic])
      expect(await log.committed(group, [topic])).toEqual([])
      await log.append([request(topic, 'key'), request(topic, 'key')])
      expect(await log.committed(group, [topic])).toEqual([])
      await log.deleteGroup(group)
    })

    test('ends a read of a topic that is deleted, without a record of the one that replaced it', async () => {
      const topic = `${prefix}a`
      await log.append(Array.from({ length: 4000 }, () => request(topic, 'key', 'old'.padEnd(1000, 'x'))))
      const texts = new Set<string>()
      let deleted = false
      try {
        for await (const { records } of log.read([{ topic, partition: 0, from: offset(0), to: offset(4000) }])) {
          for (const text of textsOf(records)) texts.add(text.slice(0, 3))
          if (!deleted) {
            deleted = true
            await log.deleteTopics([topic])
            await log.append(Array.from({ length: 10 }, () => request(topic, 'key', 'new')))
          }
        }
      } catch (error) {
        expect(error).toMatchObject({ name: 'ExperienceError' })
      }
      expect([...texts]).toEqual(['old'])
    })

    test('reads exactly the ranges asked for, in offset order within a partition', async () => {
      const partitioned = await open({ partitions: 2 })
      const topic = `${prefix}a`
      await partitioned.append(Array.from({ length: 100 }, (_, index) => request(topic, `key-${index}`)))
      const ranges = (await log.offsets([topic])).map(({ partition, next }) => ({
        topic,
        partition,
        from: offset(3),
        to: offset(next - 2n),
      }))
      const stored = await readRecords(log, ranges)
      for (const { partition, from, to } of ranges) {
        expect(stored.filter((each) => each.partition === partition).map((each) => each.offset)).toEqual(
          Array.from({ length: Number(to - from) }, (_, index) => offset(Number(from) + index)),
        )
      }
    })

    test('ends reading at the end of the log, whatever was asked for', async () => {
      const topic = `${prefix}a`
      await log.append([request(topic, 'key', 'first'), request(topic, 'key', 'second')])
      const beyond = { topic, partition: 0, from: offset(1), to: offset(1000) }
      expect(textsOf(await readRecords(log, [beyond]))).toEqual(['second'])
      expect(await readRecords(log, [])).toEqual([])
      expect(await readRecords(log, [{ ...beyond, from: offset(2), to: offset(2) }])).toEqual([])
      expect(await readRecords(log, [{ ...beyond, topic: `${prefix}missing` }])).toEqual([])
    })

    test('lets a reader leave early', async () => {
      const topic = `${prefix}a`
      await log.append(Array.from({ length: 5000 }, () => request(topic, 'key', 'x'.repeat(1000))))
      for await (const batch of log.read([{ topic, partition: 0, from: offset(0), to: offset(5000) }])) {
        expect(batch.first).toBe(0n)
        break
      }
      expect(await log.topics(prefix)).toEqual([topic])
    })
  })
}
