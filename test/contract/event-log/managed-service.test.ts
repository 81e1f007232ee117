import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NEVER, pause } from '../../../base/waiting.ts'
import { KafkaEventLog } from '../../../log/kafka/kafka-event-log.ts'
import { startStack, type Stack } from '../../../stack/start-stack.ts'
import { randomGroup, randomPrefix, readTopics, request } from './event-log-fixture.ts'
import { RecordingConsumer, until } from '../group-consumer/group-consumer-fixture.ts'
import { kafkaMissing } from './kafka-fixture.ts'

const IDLE_MS = 4000
/** What Azure Event Hubs takes. */
const REQUEST_BYTES = 1_046_528

describe.skipIf(kafkaMissing() !== undefined)('a Kafka with the limits of a managed service', () => {
  let stack: Stack
  let log: KafkaEventLog

  beforeAll(async () => {
    const kafkaSettings = { 'connections.max.idle.ms': IDLE_MS, 'socket.request.max.bytes': REQUEST_BYTES }
    stack = await startStack({ registry: false, kafkaSettings })
    log = await KafkaEventLog.connect({ brokers: stack.brokers })
  })
  afterAll(async () => {
    await log?.close()
    await stack?.stop()
  })

  test('closes connections that are idle, which nobody notices', async () => {
    const prefix = randomPrefix()
    const topic = `${prefix}a`
    const consumer = new RecordingConsumer(log, randomGroup(), prefix)
    await log.append([request(topic, 'key', '1')])
    await log.append([request(topic, 'key', '2'), request(`${prefix}b`, 'key', '3')], { atomic: true })
    await until(() => consumer.texts.length === 3)
    // Nothing else tells that the broker has closed what it closes only where nobody asks.
    await pause(2 * IDLE_MS, NEVER)
    await log.append([request(topic, 'key', '4')])
    await pause(2 * IDLE_MS, NEVER)
    await log.append([request(topic, 'key', '5'), request(`${prefix}b`, 'key', '6')], { atomic: true })
    await until(() => consumer.texts.length === 6)
    await pause(2 * IDLE_MS, NEVER)
    expect(await readTopics(log, [topic, `${prefix}b`])).toHaveLength(6)
    expect(await log.describeTopics([topic])).toHaveLength(1)
    await consumer.stop()
  })

  test('takes every append, whatever its size and however many topics it is for', async () => {
    const prefix = randomPrefix()
    const text = 'x'.repeat(2000)
    const many = Array.from({ length: 1500 }, (_, index) => request(`${prefix}${index % 3}`, 'key', `${index} ${text}`))
    const topics = Array.from({ length: 300 }, (_, index) => `${prefix}${'name-'.repeat(30)}${index}`)
    expect(await log.append(many)).toHaveLength(many.length)
    expect(await log.append(many, { atomic: true })).toHaveLength(many.length)
    const wide = topics.flatMap((topic) => [request(topic, 'a', text.repeat(2)), request(topic, 'b', 'small')])
    expect(await log.append(wide)).toHaveLength(wide.length)
    // One record that fits neither takes a request of its own.
    const large = request(`${prefix}0`, 'key', 'x'.repeat(1_040_000))
    expect(await log.append([...many.slice(0, 600), large, ...many.slice(600)])).toHaveLength(many.length + 1)
  })

  test('answers about however many topics', async () => {
    const names = Array.from({ length: 6000 }, (_, index) => `${randomPrefix()}${'name-'.repeat(30)}${index}`)
    const topic = `${randomPrefix()}a`
    await log.append([request(topic, 'key')])
    expect(await log.describeTopics([...names, topic])).toMatchObject([{ topic }])
    expect(await log.offsets([...names, topic])).toMatchObject([{ topic, next: 1n }])
  })

  test('does not take an event that is larger, and the error says what is the matter', async () => {
    const topic = `${randomPrefix()}a`
    await expect(log.append([request(topic, 'key', 'x'.repeat(1_048_000))])).rejects.toMatchObject({
      code: 'Unavailable',
      message: expect.stringMatching(
        /broke the connection over an event of 104\d{4} bytes.*socket\.request\.max\.bytes/,
      ),
    })
    expect(await log.append([request(topic, 'key')])).toHaveLength(1)
  })
})
