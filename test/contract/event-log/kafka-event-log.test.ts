import { spawn } from 'node:child_process'
import { once } from 'node:events'
import kafkajs from 'kafkajs'
import Broker from 'kafkajs/src/broker/index.js'
import Connection from 'kafkajs/src/network/connection.js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { offset } from '../../../base/position.ts'
import type { EventLog } from '../../../log/event-log.ts'
import { GroupMember } from '../../../log/kafka/consume/group-member.ts'
import { createKafka, KafkaCluster } from '../../../log/kafka/client/kafka-cluster.ts'
import { KafkaEventLog } from '../../../log/kafka/kafka-event-log.ts'
import { resolveKafkaOptions } from '../../../log/kafka/client/kafka-options.ts'
import { retryFor } from '../../../log/kafka/client/retry-for.ts'
import { resolveArtifacts } from '../../../stack/resolve-artifacts.ts'
import { randomGroup, randomPrefix, readRecords, readTopics, request, textOf, textsOf } from './event-log-fixture.ts'
import { gate, RecordingConsumer, until } from '../group-consumer/group-consumer-fixture.ts'
import { createKafkaFixture, kafkaMissing, type KafkaFixture } from './kafka-fixture.ts'

test('says "unavailable", with the brokers and what to do, where no broker answers', async () => {
  await expect(KafkaEventLog.connect({ brokers: ['127.0.0.1:1', '127.0.0.1:2'] })).rejects.toMatchObject({
    code: 'Unavailable',
    message: expect.stringMatching(/127\.0\.0\.1:1, 127\.0\.0\.1:2.*Check that/) as unknown,
  })
})

describe.skipIf(kafkaMissing() !== undefined)('Kafka', () => {
  let fixture: KafkaFixture
  let kafka: kafkajs.Kafka
  let log: EventLog
  let prefix: string
  let topic: string
  let group: string
  const logs: EventLog[] = []
  const open = async (options?: Parameters<KafkaFixture['open']>[0]): Promise<EventLog> => {
    const opened = await fixture.open(options)
    logs.push(opened)
    return opened
  }
  const appendTexts = async (...texts: string[]) => log.append(texts.map((text) => request(topic, text, text)))

  test.each(['gzip', 'snappy', 'lz4', 'zstd'])("reads what Kafka's own producer compressed with %s", async (codec) => {
    await appendTexts('first')
    const { java, kafkaClassPath } = await resolveArtifacts()
    const lines = Array.from({ length: 2000 }, (_, index) => `line ${index} of a batch that is worth compressing`)
    const producer = spawn(
      java,
      // prettier-ignore
      [
        '-cp', kafkaClassPath, 'org.apache.kafka.tools.ConsoleProducer',
        '--bootstrap-server', fixture.brokers.join(','), '--topic', topic, '--compression-codec', codec,
      ],
      { stdio: ['pipe', 'ignore', 'ignore'] },
    )
    producer.stdin.end(`${lines.join('\n')}\n`)
    expect(await once(producer, 'close')).toEqual([0, null])
    expect(textsOf(await readTopics(log, [topic]))).toEqual(['first', ...lines])
  })

  /** How many requests of each kind go to Kafka meanwhile. */
  const requestsOf = async (action: () => Promise<unknown>): Promise<ReadonlyMap<string, number>> => {
    const sent = vi.spyOn(Connection.prototype, 'send')
    await action()
    const counts = new Map<string, number>()
    for (const [{ request: sentRequest }] of sent.mock.calls)
      counts.set(sentRequest.apiName, (counts.get(sentRequest.apiName) ?? 0) + 1)
    sent.mockRestore()
    return counts
  }

  test('asks about a new topic a few times, however many records one append has for it', async () => {
    const names = [`${topic}.a`, `${topic}.b`]
    const records = Array.from({ length: 500 }, (_, at) => request(names[at % 2]!, `key ${at}`, 'text'))
    const asked = await requestsOf(() => log.append(records))
    expect(asked.get('Metadata')).toBeLessThan(50)
    expect(await readTopics(log, names)).toHaveLength(500)
  })

  test('asks for many topics together: what it takes to append to them, and to know them', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `${topic}.${index}`)
    const limits = await requestsOf(() => Promise.all(names.map((name) => log.maxRecordBytes(name))))
    expect(Object.fromEntries(limits)).toEqual({ Metadata: 1 })
    const appended = await requestsOf(() => log.append(names.map((name) => request(name, 'key', name))))
    expect(appended.get('CreateTopics')).toBe(2)
    // A broker may be a moment late to know a new topic, and is asked again.
    expect(appended.get('Metadata')).toBeLessThan(60)
    expect(appended.get('DescribeConfigs')).toBeLessThan(30)
    expect(textsOf(await readTopics(log, names)).toSorted()).toEqual(names.toSorted())
  })

  // kafkajs by itself asks for all topics of the cluster at every connect.
  test('asks for no topics to connect, and connects for the first of many readings only', async () => {
    await appendTexts('first')
    const looked = vi.spyOn(Broker.prototype, 'metadata')
    const connected = vi.spyOn(Connection.prototype, 'connect')
    const client = await open()
    const answers = await Promise.all(looked.mock.results.map(({ value }) => value))
    expect(answers.length).toBeGreaterThan(0)
    expect(answers.flatMap(({ topicMetadata }) => topicMetadata)).toEqual([])
    expect(textsOf(await readTopics(client, [topic]))).toEqual(['first'])
    const connects = connected.mock.contexts.length
    for (let times = 0; times < 5; times++) expect(await readTopics(client, [topic])).toHaveLength(1)
    const later = connected.mock.contexts.slice(connects)
    for (const spy of [looked, connected]) spy.mockRestore()
    expect(new Set(later).size).toBe(0)
  })

  // kafkajs by itself looks every millisecond, by a timer with a negative delay, of which Node 24 warns on stderr.
  test('looks after waiting requests only while there are any', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout')
    await appendTexts('first')
    const delays = timers.mock.calls.map(([, delay]) => Number(delay))
    timers.mockRestore()
    expect(delays.length).toBeGreaterThan(0)
    expect(delays.filter((delay) => delay < 0)).toEqual([])
  })

  test('compresses batches when it is told to, and reads them like any others', async () => {
    const compressing = await open({ compression: 'gzip', partitions: 2 })
    const texts = Array.from({ length: 3000 }, (_, index) => `text ${index} of a batch that is worth compressing`)
    const requests = texts.map((text) => request(topic, text, text))
    const positions = await compressing.append(requests)
    const atomic = await compressing.append(requests, { atomic: true })
    // Up to the last position, since a transaction's end may take a moment to show.
    const ranges = [0, 1].map((partition) => {
      const last = atomic.findLast((each) => each.partition === partition)
      return { topic, partition, from: offset(0), to: offset(last!.offset + 1n) }
    })
    for (const reader of [log, compressing]) {
      const records = await readRecords(reader, ranges)
      const read = new Map(records.map((record) => [`${record.partition}/${record.offset}`, textOf(record)]))
      for (const each of [positions, atomic]) {
        expect(each.map((position) => read.get(`${position.partition}/${position.offset}`))).toEqual(texts)
      }
    }
  })

  beforeAll(async () => {
    fixture = await createKafkaFixture()
    kafka = new kafkajs.Kafka({ brokers: [...fixture.brokers], logLevel: kafkajs.logLevel.NOTHING })
  })
  afterAll(() => fixture?.dispose())
  beforeEach(async () => {
    prefix = randomPrefix()
    topic = `${prefix}a`
    group = randomGroup()
    log = await open()
  })
  afterEach(async () => {
    await Promise.all(logs.splice(0).map((each) => each.close()))
  })

  const inTransaction = async (outcome: 'commit' | 'abort', ...texts: string[]): Promise<void> => {
    const producer = kafka.producer({ transactionalId: randomGroup(), createPartitioner: () => () => 0 })
    await producer.connect()
    try {
      const transaction = await producer.transaction()
      await transaction.send({ topic, messages: texts.map((value) => ({ key: 'key', value })) })
      await transaction[outcome]()
    } finally {
      await producer.disconnect()
    }
  }

  test('creates topics that keep everything', async () => {
    await log.append([request(topic, 'key')])
    const admin = kafka.admin()
    await admin.connect()
    const { resources } = await admin.describeConfigs({
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
      includeSynonyms: false,
    })
    await admin.disconnect()
    const settings = Object.fromEntries(
      resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]) ?? [],
    )
    expect(settings).toMatchObject({
      'retention.ms': '-1',
      'retention.bytes': '-1',
      'cleanup.policy': 'delete',
      'message.timestamp.type': 'CreateTime',
    })
  })

  test('creates a topic once when many clients append to it first at the same time', async () => {
    const clients = await Promise.all([open({ partitions: 3 }), open({ partitions: 3 }), open({ partitions: 3 })])
    const requests = Array.from({ length: 30 }, (_, index) => request(topic, `key-${index}`))
    await Promise.all(requests.map((each, index) => clients[index % 3]!.append([each])))
    expect(await log.offsets([topic])).toHaveLength(3)
    expect(await readTopics(log, [topic])).toHaveLength(30)
  })

  test('appends again to a topic that was deleted', async () => {
    await appendTexts('1')
    const admin = kafka.admin()
    await admin.connect()
    await admin.deleteTopics({ topics: [topic] })
    await admin.disconnect()
    // The brokers learn of it a little later than the controller.
    await until(async () => (await log.topics(prefix)).length === 0)
    await until(async () => {
      try {
        await appendTexts('2')
        return true
      } catch (error) {
        expect(error).toMatchObject({ code: 'Unavailable' })
        return false
      }
    })
    expect(textsOf(await readTopics(log, [topic]))).toEqual(['2'])
  })

  test('hides aborted transactions, and skips the markers of all', async () => {
    await appendTexts('1')
    await inTransaction('abort', 'aborted 1', 'aborted 2')
    await inTransaction('commit', '2')
    await inTransaction('abort', 'aborted 3')
    // 1, two aborted and a marker, 2 and a marker, one aborted and a marker, which Kafka writes a little later.
    await until(async () => (await log.offsets([topic]))[0]?.next === 8n)
    const stored = await readTopics(log, [topic])
    expect(textsOf(stored)).toEqual(['1', '2'])
    for (let from = 0; from <= 8; from++) {
      const read = await readRecords(log, [{ topic, partition: 0, from: offset(from), to: offset(8) }])
      expect(textsOf(read)).toEqual(textsOf(stored.filter((record) => record.offset >= from)))
    }
    const consumer = new RecordingConsumer(log, group, prefix)
    await until(() => consumer.batches.at(-1)?.next === 8n)
    await inTransaction('abort', 'aborted 4')
    await until(() => consumer.batches.at(-1)?.next === 10n)
    await consumer.stop()
    expect(consumer.texts).toEqual(['1', '2'])
    expect(consumer.batches.at(-1)?.records).toEqual([])
    expect((await log.committed(group, [topic]))[0]?.offset).toBe(10n)
  })

  test('counts what an open transaction holds back as not there yet, but waits for it when asked to read it', async () => {
    await appendTexts('1')
    const producer = kafka.producer({ transactionalId: randomGroup(), createPartitioner: () => () => 0 })
    await producer.connect()
    const transaction = await producer.transaction()
    await transaction.send({ topic, messages: [{ key: 'key', value: '2' }] })
    const [after] = await appendTexts('3')
    expect(await log.offsets([topic])).toEqual([{ topic, partition: 0, earliest: offset(0), next: offset(1) }])
    const reading = readRecords(log, [{ topic, partition: 0, from: offset(0), to: offset(after!.offset + 1n) }])
    await transaction.commit()
    expect(textsOf(await reading)).toEqual(['1', '2', '3'])
    await producer.disconnect()
  })

  test('shares the partitions of a topic among the members of a group', async () => {
    const partitioned = await open({ partitions: 4 })
    const [first, second] = [
      new RecordingConsumer(partitioned, group, prefix),
      new RecordingConsumer(await open(), group, prefix),
    ]
    await partitioned.append(Array.from({ length: 100 }, (_, index) => request(topic, `key-${index}`)))
    await until(() => first.texts.length + second.texts.length >= 100)
    await until(async () => {
      await partitioned.append(Array.from({ length: 100 }, (_, index) => request(topic, `key-${index}`)))
      return first.batches.length > 0 && second.batches.length > 0
    })
    await Promise.all([first.stop(), second.stop()])
  })

  test('keeps a member whose handler takes longer than the session, and its partitions', async () => {
    const options = { sessionTimeoutMs: 6000 }
    const goOn = gate()
    const started = gate()
    await appendTexts('1')
    const slow = new RecordingConsumer(await open(options), group, prefix, {
      before: () => {
        started.open()
        return goOn.opened
      },
    })
    await started.opened
    const other = new RecordingConsumer(await open(options), group, prefix)
    await new Promise((resolve) => setTimeout(resolve, 9000))
    expect(other.batches).toEqual([])
    goOn.open()
    await until(() => slow.outcomes.length > 0)
    expect(slow.outcomes).toEqual(['committed'])
    await Promise.all([slow.stop(), other.stop()])
    expect(other.texts).toEqual([])
  })

  test('fences a member that a rebalance did not wait for', async () => {
    const options = { rebalanceTimeoutMs: 1500 }
    const goOn = gate()
    const started = gate()
    await appendTexts('1')
    let held = false
    const slow = new RecordingConsumer(await open(options), group, prefix, {
      before: async () => {
        if (held) return
        held = true
        started.open()
        await goOn.opened
      },
    })
    await started.opened
    const other = new RecordingConsumer(await open(options), group, prefix)
    await other.has(1)
    goOn.open()
    await until(() => slow.outcomes.length > 0)
    expect(slow.outcomes[0]).toBe('fenced')
    await Promise.all([slow.stop(), other.stop()])
    expect((await log.committed(group, [topic]))[0]?.metadata).toBe('up to 1')
  })

  test('counts a member that ended without leaving until its session is over; then its group can be started', async () => {
    await appendTexts('1', '2')
    const options = resolveKafkaOptions({ brokers: fixture.brokers, sessionTimeoutMs: 6000 })
    const cluster = new KafkaCluster(createKafka(options))
    await cluster.connect()
    const member = new GroupMember(cluster, group, options)
    await retryFor(10_000, () => member.join(prefix))
    await cluster.disconnect()
    expect(await log.groupMembers(group)).toBe(1)
    const started = { topic, partition: 0, offset: offset(1), metadata: '' }
    await expect(log.startGroup(group, [started])).rejects.toMatchObject({ code: 'StorageError' })
    await expect(log.deleteGroup(group)).rejects.toMatchObject({ code: 'StorageError' })
    await until(async () => (await log.groupMembers(group)) === 0)
    await log.startGroup(group, [started])
    expect(await log.committed(group, [topic])).toEqual([started])
  })

  test('goes on when a topic that is read is deleted', async () => {
    await appendTexts('1')
    await log.append([request(`${prefix}b`, 'key', '2')])
    const consumer = new RecordingConsumer(log, group, prefix)
    await consumer.has(2)
    const admin = kafka.admin()
    await admin.connect()
    await admin.deleteTopics({ topics: [`${prefix}b`] })
    await admin.disconnect()
    await appendTexts('3')
    await consumer.has(3)
    await consumer.stop()
    expect(consumer.texts.toSorted()).toEqual(['1', '2', '3'])
  })

  test('waits while members of an earlier release, which deal otherwise, are in the group', async () => {
    await appendTexts('1')
    const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol
    const name = 'experience-log-round-robin'
    const userData = Buffer.alloc(0)
    const earlier = kafka.consumer({
      groupId: group,
      partitionAssigners: [
        () => ({
          name,
          version: 0,
          assign: async ({ members }) =>
            members.map(({ memberId }) => ({
              memberId,
              memberAssignment: MemberAssignment.encode({ version: 0, assignment: { [topic]: [0] }, userData }),
            })),
          protocol: ({ topics }) => ({ name, metadata: MemberMetadata.encode({ version: 0, topics, userData }) }),
        }),
      ],
    })
    const read = gate()
    await earlier.connect()
    await earlier.subscribe({ topics: [topic], fromBeginning: true })
    await earlier.run({ eachMessage: async () => read.open() })
    await read.opened
    const joins = vi.spyOn(GroupMember.prototype, 'join')
    const consumer = new RecordingConsumer(log, group, prefix)
    await until(() => joins.mock.calls.length > 1)
    await expect(joins.mock.results[0]?.value).rejects.toMatchObject({ type: 'INCONSISTENT_GROUP_PROTOCOL' })
    await earlier.disconnect()
    await appendTexts('2')
    await until(() => consumer.texts.at(-1) === '2')
    await consumer.stop()
  })

  test('ends a run that retrying cannot mend', async () => {
    // Kafka's least is 6 s by default.
    const hasty = await open({ sessionTimeoutMs: 10 })
    await appendTexts('1')
    const consumer = new RecordingConsumer(hasty, group, prefix)
    await expect(consumer.running).rejects.toMatchObject({ code: 'StorageError', retryable: false })
  })
})
