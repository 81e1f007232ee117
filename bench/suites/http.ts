import { compare } from '../compare.ts'
import { collectFleetEvents } from '../fleet-events.ts'
import { withIngestContests } from '../http/ingest-contests.ts'
import type { Measurement } from '../measurement.ts'
import type { Suite } from '../suite.ts'

const EVENTS = 200_000
const EVENTS_FAST = 50_000

export const suite: Suite = {
  name: 'http',
  about: 'events over HTTP into the embedded log, against the producer in the process',
  async *measure(context) {
    const { isFast, events: asked, runs, directory } = context
    const events = asked ?? (isFast ? EVENTS_FAST : EVENTS)
    const fleet = collectFleetEvents(events)
    yield* await withIngestContests({ directory, events }, fleet, async (contests) => {
      const measurements: Measurement[] = []
      for (const contest of contests) measurements.push(await compare('http', contest, runs))
      return measurements
    })
  },
}
