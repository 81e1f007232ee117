import kafkajs from 'kafkajs'
import { inject } from 'vitest'
import { KafkaEventLog } from '../../../log/kafka/kafka-event-log.ts'
import type { KafkaEventLogOptions } from '../../../log/kafka/client/kafka-options.ts'
import { TEST_TOPICS, type EventLogFixture } from './event-log-fixture.ts'

export interface KafkaFixture extends EventLogFixture {
  readonly brokers: readonly string[]
  open(options?: Omit<KafkaEventLogOptions, 'brokers'>): Promise<KafkaEventLog>
}

/** Why there is no Kafka to test with; undefined if there is. */
export function kafkaMissing(): string | undefined {
  return inject('kafkaBrokers') === '' ? 'no Kafka: see the start of this run' : undefined
}

/** The real Kafka of this test run. */
export async function createKafkaFixture(): Promise<KafkaFixture> {
  const brokers = inject('kafkaBrokers').split(',')
  return {
    brokers,
    open: (options = {}) => KafkaEventLog.connect({ ...options, brokers }),
    dispose: async () => {
      const admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin()
      await admin.connect()
      try {
        const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(TEST_TOPICS))
        if (topics.length > 0) await admin.deleteTopics({ topics })
      } finally {
        await admin.disconnect()
      }
    },
  }
}
