import { pairedRuns } from '../compare.ts'
import { effortMeasurements } from '../processes/effort-measurements.ts'
import { checkEqual, kafkaEngineName, projectByKafkaEngine } from '../processes/kafka-engine-rival.ts'
import { projectOurs } from '../processes/our-projector.ts'
import { serviceEnvironment } from '../service-environment.ts'
import type { Suite } from '../suite.ts'
import { fillEventTopics } from '../topics/event-topics.ts'
import { RECORD_SHAPES } from '../topics/flat-record.ts'

const EVENTS = 500_000
const EVENTS_FAST = 100_000

/**
 * One projector, in one process with the embedded engine, against ClickHouse's Kafka table engine in another: both from the start
 * of their consumers to the last row that a query sees, each time in a fresh process with fresh tables of the same definition.
 * After each pair of runs the tables are compared. What the Kafka engine is given, and what it does not do, tells
 * `baselines/kafka-engine.ts`.
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
      const pairs = await pairedRuns(
        {
          ours: () => projectOurs(context.directory, topics),
          baseline: () => projectByKafkaEngine(context.directory, topics),
        },
        context.runs,
      )
      for (const { ours, baseline } of pairs) checkEqual(ours.content, baseline)
      for (const shape of RECORD_SHAPES) {
        yield* effortMeasurements(
          {
            suite: suite.name,
            measure: `Kafka to queryable rows, partitions: ${partitions}, against ${shape} records`,
            baselineName: kafkaEngineName(shape),
          },
          events,
          pairs.map(({ ours, baseline }) => ({ ours, baseline: baseline[shape] })),
        )
      }
    }
  },
}
