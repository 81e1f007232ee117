import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EventLog, Position } from '../../log/event-log.ts'
import { KafkaEventLog } from '../../log/kafka/kafka-event-log.ts'
import { checkPrerequisites } from '../../stack/prerequisites.ts'
import { startStack, type Stack } from '../../stack/start-stack.ts'
import { randomGroup, randomPrefix, readTopics, request, textOf } from '../contract/event-log-fixture.ts'
import { RecordingConsumer, until } from '../contract/group-consumer-fixture.ts'

const prerequisites = await checkPrerequisites()

const name = ({ topic, partition, offset }: Position): string => `${topic}/${partition}@${offset}`

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
  }, 120_000)
  afterAll(() => stack?.stop())

  test(
    'has every record that was answered for at its position, once, and delivers them all',
    { timeout: 300_000 },
    async () => {
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

      for (let k = 0; k < 9; k++) {
      const st = await readTopics(log, topics)
      const tx = new Map(st.map((record) => [name(record), textOf(record)]))
      const missing = [...fleet.answered].filter(([position, text]) => tx.get(position) !== text)
      console.log(k, 'answered', fleet.answered.size, 'stored', st.length, 'missing', missing.length, missing.slice(0, 3), missing.filter(([p]) => tx.has(p)).length, (await log.offsets(topics)).map((o) => `${o.topic.slice(-1)}${o.partition}:${o.next}`).join(' '))
      if (missing.length === 0) break
      await new Promise((r) => setTimeout(r, 8000))
    }
    const stored = await readTopics(log, topics)
      const texts = new Map(stored.map((record) => [name(record), textOf(record)]))
      for (const [position, text] of fleet.answered) expect(texts.get(position)).toBe(text)
      // The retries of a record leave no copy of it that was answered for, too.
      const answeredTexts = [...fleet.answered.values()]
      expect(new Set(answeredTexts).size).toBe(answeredTexts.length)

      const held = await log.offsets(topics)
      const delivered = () => new Set(consumer.batches.flatMap(({ records }) => records.map(name)))
      await until(() => delivered().size >= stored.length)
      expect(delivered().size).toBe(stored.length)
      await consumer.stop()
      const committed = await log.committed('none', topics)
      expect(committed).toEqual([])
      expect(held).toHaveLength(6)
      await log.close()
    },
  )
})
