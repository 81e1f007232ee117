import { pairedRuns } from '../compare.ts'
import { effortMeasurements } from '../processes/effort-measurements.ts'
import { inFolder } from '../processes/in-folder.ts'
import { checkEqual, kafkaEngineName, projectByKafkaEngine } from '../processes/kafka-engine-rival.ts'
import { withProjector } from '../processes/our-projector.ts'
import type { ProjectionRun, RebuildRun } from '../processes/runs.ts'
import { serviceEnvironment } from '../service-environment.ts'
import type { Suite } from '../suite.ts'
import { fillEventTopics } from '../topics/event-topics.ts'
import { RECORD_SHAPES } from '../topics/flat-record.ts'

const EVENTS = 5_000_000
const EVENTS_FAST = 50_000
const PARTITIONS = 4

/**
 * `rebuild` against ClickHouse's Kafka table engine on the same events: until all is projected, and until readers follow, which
 * has the proof in it that the new tables equal the log; the Kafka engine proves nothing. One process rebuilds again and again, as
 * a service does that has projected everything before; the Kafka engine begins anew each time, with nothing there.
 */
export const suite: Suite = {
  name: 'rebuild',
  about: "a rebuild, until projected and until switched, against ClickHouse's Kafka table engine on the same events",
  async *measure(context) {
    const { directory } = context
    const events = context.events ?? (context.isFast ? EVENTS_FAST : EVENTS)
    const environment = serviceEnvironment(await context.stack())
    context.note(`writing ${events} events to topics of ${PARTITIONS} partitions`)
    const topics = await fillEventTopics(environment, events, PARTITIONS)
    const pairs = await inFolder(directory, (folder) =>
      withProjector(folder, topics, async (projector) => {
        context.note('projecting them once')
        await projector.ask<ProjectionRun>('project')
        context.note('rebuilding')
        return pairedRuns(
          {
            ours: () => projector.ask<RebuildRun>('rebuild'),
            baseline: () => projectByKafkaEngine(directory, topics),
          },
          context.runs,
        )
      }),
    )
    for (const { ours, baseline } of pairs) checkEqual(ours.content, baseline)
    for (const shape of RECORD_SHAPES) {
      for (const until of ['projected', 'switched'] as const) {
        yield* effortMeasurements(
          {
            suite: suite.name,
            measure: `rebuild until ${until}, against ${shape} records`,
            baselineName: kafkaEngineName(shape),
          },
          events,
          pairs.map(({ ours, baseline }) => ({ ours: ours[until], baseline: baseline[shape] })),
        )
      }
    }
  },
}
