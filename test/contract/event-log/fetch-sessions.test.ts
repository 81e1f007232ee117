import { describe, expect, onTestFinished, test } from 'vitest'
import { offset, type Offset } from '../../../base/position.ts'
import { createKafka, KafkaCluster } from '../../../log/kafka/client/kafka-cluster.ts'
import { resolveKafkaOptions } from '../../../log/kafka/client/kafka-options.ts'
import type { FetchRequest, FetchResponse } from '../../../log/kafka/client/kafka-broker.ts'
import { fetchRecords } from '../../../log/kafka/consume/fetch-records.ts'
import { KafkaEventLog } from '../../../log/kafka/kafka-event-log.ts'
import { startStack } from '../../../stack/start-stack.ts'
import { RecordingConsumer, until } from '../group-consumer/group-consumer-fixture.ts'
import { randomGroup, randomPrefix, request } from './event-log-fixture.ts'
import { createKafkaFixture, kafkaMissing } from './kafka-fixture.ts'

const LIMITS = { maxWaitTime: 10, minBytes: 1, maxBytes: 1_000_000 }
const SESSION_NOT_FOUND = 70
const WRONG_EPOCH = 71

function asked(topic: string, at: Offset): FetchRequest['topics'][number] {
  return { topic, partitions: [{ partition: 0, fetchOffset: at, maxBytes: 100_000 }] }
}

function topicsOf({ errorCode, responses }: FetchResponse): readonly string[] {
  expect(errorCode).toBe(0)
  return responses.map(({ topicName }) => topicName).toSorted()
}

describe.skipIf(kafkaMissing() !== undefined)('fetch sessions', () => {
  test('bring what has news of all that was named before, until it is forgotten', async () => {
    const fixture = await createKafkaFixture()
    const log = await fixture.open()
    const cluster = new KafkaCluster(createKafka(resolveKafkaOptions({ brokers: fixture.brokers })))
    onTestFinished(async () => {
      await cluster.disconnect()
      await log.close()
      await fixture.dispose()
    })
    const prefix = randomPrefix()
    const [a, b] = [`${prefix}a`, `${prefix}b`]
    await log.append([request(a, 'key'), request(b, 'key')])
    await cluster.connect()
    const { topics: seen } = await cluster.look([a])
    const broker = await cluster.broker(seen.get(a)![0]!.leader)
    const fetch = (
      sessionId: number,
      sessionEpoch: number,
      topics: FetchRequest['topics'] = [],
      forgotten: FetchRequest['forgotten'] = [],
    ): Promise<FetchResponse> => fetchRecords(broker, { ...LIMITS, sessionId, sessionEpoch, topics, forgotten })

    const first = await fetch(0, 0, [asked(a, offset(0)), asked(b, offset(1))])
    const { sessionId } = first
    expect(sessionId).not.toBe(0)
    expect(topicsOf(first)).toEqual([a, b])
    // What was brought comes again where the session was not told to go on.
    expect(topicsOf(await fetch(sessionId, 1))).toEqual([a])
    expect(topicsOf(await fetch(sessionId, 2, [asked(a, offset(1))]))).toEqual([])
    await log.append([request(a, 'key'), request(b, 'key')])
    expect(topicsOf(await fetch(sessionId, 3))).toEqual([a, b])
    expect(topicsOf(await fetch(sessionId, 4, [asked(a, offset(2))], [{ topic: b, partitions: [0] }]))).toEqual([])
    expect(await fetch(sessionId, 99)).toMatchObject({ errorCode: WRONG_EPOCH })
    expect(topicsOf(await fetch(sessionId, -1))).toEqual([])
    expect(await fetch(sessionId, 5)).toMatchObject({ errorCode: SESSION_NOT_FOUND })
  })

  test.each([
    ['keeps no sessions', { 'max.incremental.fetch.session.cache.slots': 0 }],
    [
      'keeps one, whoever had it before',
      { 'max.incremental.fetch.session.cache.slots': 1, 'min.incremental.fetch.session.eviction.ms': 1 },
    ],
  ])('are not needed: readers lose nothing and read nothing twice where a broker %s', async (_, kafkaSettings) => {
    const stack = await startStack({ registry: false, kafkaSettings })
    onTestFinished(() => stack.stop())
    const log = await KafkaEventLog.connect({ brokers: stack.brokers })
    onTestFinished(() => log.close())
    const prefix = randomPrefix()
    const consumers = [1, 2].map(() => new RecordingConsumer(log, randomGroup(), prefix))
    const texts: string[] = []
    for (let round = 0; round < 20; round++) {
      const some = Array.from({ length: 5 }, (__, index) => `${round}.${index}`)
      await log.append(some.map((text, index) => request(`${prefix}${index}`, 'key', text)))
      texts.push(...some)
      await until(() => consumers.every((each) => each.texts.length >= texts.length))
    }
    for (const consumer of consumers) {
      await consumer.stop()
      expect(consumer.texts.toSorted()).toEqual(texts.toSorted())
    }
  })
})
