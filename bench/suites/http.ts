import { join } from 'node:path'
import { compare } from '../compare.ts'
import { collectFleetEvents } from '../fleet-events.ts'
import { withIngestContests } from '../http/ingest-contests.ts'
import { measureQuestionCosts } from '../http/question-costs.ts'
import type { Measurement } from '../measurement.ts'
import type { Suite } from '../suite.ts'

const EVENTS = 200_000
const EVENTS_FAST = 50_000
/** Of how many of them questions are asked: what HTTP adds does not depend on it. */
const QUESTIONED_EVENTS = 30_000

/** A run of questions is short: so many count as one of the other measures. */
const QUESTION_RUNS = 6

export const suite: Suite = {
  name: 'http',
  about: 'events over HTTP into the embedded log, and questions, against the producer and the library in the process',
  async *measure(context) {
    const { isFast, events: asked, runs, directory } = context
    const events = asked ?? (isFast ? EVENTS_FAST : EVENTS)
    const fleet = collectFleetEvents(events)
    yield* await withIngestContests({ directory, events }, fleet, async (contests) => {
      const measurements: Measurement[] = []
      for (const contest of contests) measurements.push(await compare('http', contest, runs))
      return measurements
    })
    const questioned = fleet.envelopes.slice(0, QUESTIONED_EVENTS)
    const task = { directory: join(directory, 'questions'), events: questioned.length }
    yield* measureQuestionCosts(task, questioned, QUESTION_RUNS * runs)
  },
}
