import { readSettings } from '../../service/settings.ts'
import { openLog } from '../../service/wiring/open-log.ts'
import { openProducer } from '../../service/wiring/open-producer.ts'
import type { BenchContext } from '../context.ts'
import { appendSteadily } from '../latency/append-steadily.ts'
import { fleetEvents } from '../fleet-events.ts'
import { quantile, visibleLatencies } from '../latency/visible-latencies.ts'
import { plainMeasurement } from '../measurement.ts'
import { withChild } from '../processes/child.ts'
import { inFolder } from '../processes/in-folder.ts'
import type { WatchingTask, WatchReport } from '../processes/watching-process.ts'
import { serviceEnvironment } from '../service-environment.ts'
import type { Suite } from '../suite.ts'

const WATCHING = new URL('../processes/watching-process.ts', import.meta.url)
const EVENTS_PER_SECOND = 5000
const SECONDS = 30
const SECONDS_FAST = 10
/** Not counted: topics are made, a projector finds them within `DISCOVERY_MS`, and compilers learn. */
const WARM_UP_SECONDS = 5

interface LatencyRun {
  readonly latencies: readonly number[]
  /** Events/s that were acknowledged. */
  readonly achieved: number
  readonly resolutionMs: number
}

/**
 * Events of six tenants, appended one by one at an even pace; a projector in a process of its own, everything as the settings have
 * it by default. For each event the time from the answer to its append until a query has its row, known to as much as two queries
 * lie apart, which is reported too.
 */
export const suite: Suite = {
  name: 'latency',
  about: `from an append's acknowledgement to a row that a query sees, at ${EVENTS_PER_SECOND} events/s`,
  async *measure(context) {
    const runs: LatencyRun[] = []
    for (let run = 0; run < context.runs; run++) runs.push(await measureOnce(context, run))
    const figures = {
      'acknowledged to queryable, p50': [({ latencies }) => quantile(latencies, 0.5), 'ms'],
      'acknowledged to queryable, p99': [({ latencies }) => quantile(latencies, 0.99), 'ms'],
      'acknowledged to queryable, max': [({ latencies }) => quantile(latencies, 1), 'ms'],
      'resolution of these': [({ resolutionMs }) => resolutionMs, 'ms'],
      'rate achieved': [({ achieved }) => achieved, 'events/s'],
    } satisfies Record<string, [(run: LatencyRun) => number, string]>
    for (const [measure, [figure, unit]] of Object.entries(figures)) {
      yield plainMeasurement({ suite: suite.name, measure, unit }, runs.map(figure))
    }
  },
}

async function measureOnce(context: BenchContext, run: number): Promise<LatencyRun> {
  const seconds = context.isFast ? SECONDS_FAST : SECONDS
  const events = context.events ?? seconds * EVENTS_PER_SECOND
  const environment = { ...serviceEnvironment(await context.stack()), TOPIC_PREFIX: `bench-latency-${run}` }
  return inFolder(context.directory, (folder) => {
    const task: WatchingTask = { environment: { ...environment, EXPERIENCE_LOG_DATA: folder } }
    return withChild(WATCHING, task, async (watching) => {
      await watching.ask('begin')
      const settings = readSettings(environment)
      const log = await openLog(settings)
      const producer = await openProducer(log, settings)
      const warmUp = WARM_UP_SECONDS * EVENTS_PER_SECOND
      // One fleet for both: events that were there before would be duplicates, which never become visible.
      const fleet = fleetEvents(warmUp + events)
      await appendSteadily(producer, fleet, warmUp, EVENTS_PER_SECOND)
      const startedAt = performance.now()
      const acknowledgements = await appendSteadily(producer, fleet, events, EVENTS_PER_SECOND)
      const achieved = (1000 * events) / (performance.now() - startedAt)
      await producer.close()
      await log.close()
      const { sightings, resolutionMs } = await watching.ask<WatchReport>('report')
      return { latencies: visibleLatencies(acknowledgements, sightings), achieved, resolutionMs }
    })
  })
}
