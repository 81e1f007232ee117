import type { ExperienceEventEnvelope } from '../../schemas/contract/envelope.ts'
import { pairedMeasurement, plainMeasurement, type Measurement } from '../measurement.ts'
import { withChild } from '../processes/child.ts'
import type { HttpTask } from '../processes/http-process.ts'
import { runsInTurn, timeOf } from '../turns.ts'
import { AskingClient } from './asking-client.ts'
import { HTTP_QUESTIONS, subjectsAmong, subjectsInTurn } from './http-questions.ts'

const PROGRAM = new URL('../processes/http-query-process.ts', import.meta.url)

/**
 * What questions take over HTTP, until the answer's text is here, against the library's answer in the process that serves, from the
 * same tables; and how much more that is, ms.
 */
export async function* measureQuestionCosts(
  task: HttpTask,
  envelopes: readonly ExperienceEventEnvelope[],
  runs: number,
): AsyncGenerator<Measurement> {
  const all = subjectsAmong(envelopes)
  // The other side begins elsewhere.
  const subjects = subjectsInTurn(all, all.length >> 1)
  const measured = await withChild(PROGRAM, task, async (child) => {
    const client = new AskingClient(await child.ask<string>('listen'))
    const measurements: Measurement[] = []
    for (const { measure, path } of HTTP_QUESTIONS) {
      const ours = (): Promise<number> => timeOf(() => client.ask(path(subjects.next().value)))
      const pairs = await runsInTurn({ ours, baseline: () => child.ask<number>(measure) }, runs)
      const labels = { suite: 'http', measure: `query: ${measure}`, unit: 'ms' }
      const more = pairs.map((pair) => pair.ours - pair.baseline)
      measurements.push(
        pairedMeasurement(
          { ...labels, baselineName: 'the library, in the process that serves', better: 'lower' },
          pairs,
        ),
        plainMeasurement({ ...labels, measure: `query: ${measure}, more than the library` }, more),
      )
    }
    client.close()
    return measurements
  })
  yield* measured
}
