import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Position } from '../../base/position.ts'
import type { EventLog } from '../../log/event-log.ts'
import { KafkaEventLog } from '../../log/kafka/kafka-event-log.ts'
import { checkPrerequisites } from '../../stack/prerequisites.ts'
import { startStack, type Stack } from '../../stack/start-stack.ts'
import { randomGroup, randomPrefix, readTopics, request, textOf } from '../contract/event-log/event-log-fixture.ts'
import { RecordingConsumer, until } from '../contract/group-consumer/group-consumer-fixture.ts'

const prerequisites = await checkPrerequisites()

function name({ topic, partition, offset }: Position): string {
  return `${topic}/${partition}@${offset}`
}

/** Appends without pause until stopped, and notes what it was answered. */
class Fleet {
  readonly answered = new Map<string, string>()
  readonly stopped: Promise<void>
  #stopping = false

  constructor(log: EventLog, topics: readonly string[], width: number) {
    let count = 0
    const append = async (): Promise<void> => {
      while (!this.#stopping) {
        const requests = Array.from({ length: 3 }, () => request(topics[count % topics.length]!, `key-${count++ % 50}`))
        const atomic = count % 10 === 0
        const positions = await log.append(requests, { atomic }).catch(() => [])
        for (const [index, position] of positions.entries()) {
          this.answered.set(name(position), textOf(requests[index]!.record))
        }
      }
    }
    this.stopped = Promise.all(Array.from({ length: width }, append)).then(() => undefined)
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.stopped
  }
}

describe.skipIf(!prerequisites.met)('Kafka that loses brokers', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack({ brokers: 3, registry: false })
  })
  afterAll(() => stack?.stop())

  test('has every record that was answered for at its position, once, and delivers them all', async () => {
    const log = await KafkaEventLog.connect({ brokers: stack.brokers, partitions: 3 })
    const prefix = randomPrefix()
    const topics = [`${prefix}a`, `${prefix}b`]
    const consumer = new RecordingConsumer(log, randomGroup(), prefix)
    const fleet = new Fleet(log, topics, 8)
    await until(() => fleet.answered.size > 500)
    for (const node of stack.nodes.slice(0, 2)) {
      await node.kill()
      const before = fleet.answered.size
      await until(() => fleet.answered.size > before + 500)
      await node.restart()
      const after = fleet.answered.size
      await until(() => fleet.answered.size > after + 500)
    }
    await fleet.stop()

    const read = async () => new Map((await readTopics(log, topics)).map((record) => [name(record), textOf(record)]))
    // Kafka shows what a transaction wrote a moment after it has answered for it.
    await until(async () => {
      const stored = await read()
      return [...fleet.answered.keys()].every((position) => stored.has(position))
    })
    const stored = await read()
    for (const [position, text] of fleet.answered) expect(stored.get(position)).toBe(text)
    // What was sent again, because a broker died over it, is there once.
    expect(new Set(stored.values()).size).toBe(stored.size)

    const delivered = () => new Set(consumer.batches.flatMap(({ records }) => records.map(name)))
    await until(() => delivered().size >= stored.size)
    expect(delivered()).toEqual(new Set(stored.keys()))
    await consumer.stop()
    await log.close()
  })
})
