import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import type { EventLog } from '../../../log/event-log.ts'
import { RecordingConsumer, until } from '../group-consumer/group-consumer-fixture.ts'
import { randomGroup, randomPrefix, readTopics, request, textsOf } from './event-log-fixture.ts'
import { FaultyNetwork } from './faulty-network.ts'
import { createKafkaFixture, kafkaMissing, type KafkaFixture } from './kafka-fixture.ts'

const RECORDS = 400
/** Larger than what is told of topics and groups. */
const OF_RECORDS = 30_000

describe.skipIf(kafkaMissing() !== undefined)('connections to Kafka that break', () => {
  let fixture: KafkaFixture
  let network: FaultyNetwork
  let log: EventLog
  let prefix: string
  let topic: string
  const texts = Array.from({ length: RECORDS }, (_, index) => `${index} `.padEnd(200, 'x'))

  beforeEach(async () => {
    fixture = await createKafkaFixture()
    network = await FaultyNetwork.before(Number(fixture.brokers[0]?.split(':')[1]))
    log = await fixture.open()
    prefix = randomPrefix()
    topic = `${prefix}topic`
    await log.append(texts.map((text) => request(topic, 'key', text)))
  })
  afterEach(async () => {
    await log.close()
    await network.close()
    await fixture.dispose()
  })

  test('in the middle of an answer are opened anew, and a read goes on', async () => {
    network.cutAnswers(OF_RECORDS, 2)
    expect(textsOf(await readTopics(log, [topic]))).toEqual(texts)
    expect(network.cut).toBe(2)
  })

  test('in the middle of an answer do not stop a follower', async () => {
    network.cutAnswers(OF_RECORDS, 2)
    const follower = await log.follow({
      topics: { topic },
      discoveryMs: 200,
      begin: ({ earliest }) => earliest,
      end: () => {},
    })
    const read: string[] = []
    while (read.length < RECORDS) read.push(...textsOf((await follower.next())?.records ?? []))
    expect(read).toEqual(texts)
    expect(network.cut).toBe(2)
  })

  test('in the middle of an answer do not stop a consumer', async () => {
    network.cutAnswers(OF_RECORDS, 2)
    const consumer = new RecordingConsumer(log, randomGroup(), prefix)
    await consumer.has(RECORDS)
    await consumer.stop()
    expect(consumer.texts).toEqual(texts)
    expect(network.cut).toBe(2)
  })

  test('without being closed are given up, and everything goes on over new ones', async () => {
    const consumer = new RecordingConsumer(log, randomGroup(), prefix)
    await consumer.has(RECORDS)
    network.freeze()
    const [position] = await log.append([request(topic, 'key', 'after')])
    expect(position?.offset).toBe(offset(RECORDS))
    await consumer.has(RECORDS + 1)
    await consumer.stop()
    expect(consumer.texts).toEqual([...texts, 'after'])
  })

  test('at a commit that is not made again have the partition claimed anew', async () => {
    let isFrozen = false
    const consumer = new RecordingConsumer(log, randomGroup(), prefix, {
      commitsOnce: true,
      before: async () => {
        if (isFrozen) return
        isFrozen = true
        network.freeze()
      },
    })
    await until(() => consumer.outcomes.length > 0)
    await consumer.stop()
    expect(consumer.outcomes).toEqual(['committed'])
    // The commit may be taken late: then it is of a membership that is over.
    expect(new Set(consumer.claims)).toHaveLength(2)
  })

  test('are opened once, however many requests find them closed', async () => {
    const ask = async () => Promise.allSettled(Array.from({ length: 20 }, () => log.offsets([topic])))
    network.freeze()
    expect(new Set((await ask()).map(({ status }) => status))).toEqual(new Set(['rejected']))
    const before = network.opened
    expect(new Set((await ask()).map(({ status }) => status))).toEqual(new Set(['fulfilled']))
    expect(network.opened - before).toBeLessThanOrEqual(2)
  })
})
