import { pairedMeasurement, type Better, type Measurement, type Pair } from './measurement.ts'

/** Two ways to do the same work. Each function does it once and answers with its figure in `unit`. */
export interface Contest {
  readonly measure: string
  readonly unit: string
  readonly better: Better
  readonly ours: () => Promise<number>
  readonly baselineName: string
  readonly baseline: () => Promise<number>
}

/**
 * Runs both sides once to warm up, then `runs` times in turn; who begins alternates, so that a machine that gets slower or
 * faster favours neither.
 */
export async function compare(suite: string, contest: Contest, runs: number): Promise<Measurement> {
  const { measure, unit, better, baselineName } = contest
  await pair(contest, true)
  const pairs: Pair[] = []
  for (let run = 0; run < runs; run++) pairs.push(await pair(contest, run % 2 === 0))
  return pairedMeasurement({ suite, measure, unit, better, baselineName }, pairs)
}

async function pair(contest: Contest, oursFirst: boolean): Promise<Pair> {
  if (oursFirst) return { ours: await clean(contest.ours), baseline: await clean(contest.baseline) }
  const baseline = await clean(contest.baseline)
  return { ours: await clean(contest.ours), baseline }
}

/** Nobody is to clear away what the other side left. */
async function clean(side: () => Promise<number>): Promise<number> {
  globalThis.gc?.()
  return side()
}
