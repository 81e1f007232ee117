import { compare } from '../compare.ts'
import type { BenchContext } from '../context.ts'
import type { Measurement } from '../measurement.ts'
import { checkEqual, kafkaEngineName, projectByKafkaEngine, projectOurs } from '../processes/contestants.ts'
import type { ProjectionRun } from '../processes/runs.ts'
import { serviceEnvironment } from '../service-environment.ts'
import type { Suite } from '../suite.ts'
import { fillEventTopics, type EventTopics } from '../topics/event-topics.ts'
import type { RecordShape } from '../topics/flat-record.ts'

const EVENTS = 500_000
const EVENTS_FAST = 100_000

/**
 * One projector, in one process with the embedded engine, against ClickHouse's Kafka table engine in another: both from the start
 * of their consumers to the last row that a query sees, each time in a fresh process with fresh tables of the same definition. What
 * the Kafka engine is given and what it does not do: `baselines/kafka-engine.ts`. After each pair the tables are compared.
 */
export const suite: Suite = {
  name: 'project',
  about: "the projector, one process, from Kafka to rows that a query sees, against ClickHouse's Kafka table engine",
  async *measure(context) {
    const events = context.events ?? (context.isFast ? EVENTS_FAST : EVENTS)
    const environment = serviceEnvironment(await context.stack())
    for (const partitions of context.isFast ? [4] : [4, 1]) {
      context.note(`writing ${events} events to topics of ${partitions} partitions`)
      const topics = await fillEventTopics(environment, events, partitions)
      context.note(`bytes a record: ${JSON.stringify(topics.bytes)}`)
      for (const shape of ['whole', 'lean'] as const) yield await contest(context, topics, shape)
    }
  },
}

function contest(context: BenchContext, topics: EventTopics, shape: RecordShape): Promise<Measurement> {
  const { directory, runs } = context
  const contents: { ours?: ProjectionRun['content']; theirs?: ProjectionRun['content'] } = {}
  const check = (): void => {
    const { ours, theirs } = contents
    if (ours !== undefined && theirs !== undefined) checkEqual(ours, theirs, shape)
  }
  return compare(
    suite.name,
    {
      measure: `Kafka to queryable rows, ${topics.partitions} partitions, against ${shape} records`,
      unit: 'events/s',
      better: 'higher',
      ours: async () => {
        const { ms, content } = await projectOurs(directory, topics)
        contents.ours = content
        check()
        return (1000 * topics.events) / ms
      },
      baselineName: kafkaEngineName(shape),
      baseline: async () => {
        const { ms, content } = await projectByKafkaEngine(directory, topics, shape)
        contents.theirs = content
        check()
        return (1000 * topics.events) / ms
      },
    },
    runs,
  )
}
