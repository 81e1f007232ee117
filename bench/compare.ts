import { pairedMeasurement, type Better, type Measurement } from './measurement.ts'

/** Two ways to do the same work. Each function does it once and tells what came of it. */
export interface Sides<Ours, Baseline> {
  readonly ours: () => Promise<Ours>
  readonly baseline: () => Promise<Baseline>
}

/** Sides whose figure, in `unit`, is all that is wanted. */
export interface Contest extends Sides<number, number> {
  readonly measure: string
  readonly unit: string
  readonly better: Better
  readonly baselineName: string
}

/** What came of both sides in one run. */
export interface RunPair<Ours, Baseline> {
  readonly ours: Ours
  readonly baseline: Baseline
}

/** Runs both sides as `pairedRuns` does, and makes a measurement of their figures. */
export async function compare(suite: string, contest: Contest, runs: number): Promise<Measurement> {
  const { measure, unit, better, baselineName } = contest
  return pairedMeasurement({ suite, measure, unit, better, baselineName }, await pairedRuns(contest, runs))
}

/**
 * Runs both sides once to warm up, then `runs` times in turn; who begins alternates, so that a machine that gets slower or
 * faster favours neither.
 */
export async function pairedRuns<Ours, Baseline>(
  sides: Sides<Ours, Baseline>,
  runs: number,
): Promise<RunPair<Ours, Baseline>[]> {
  await pair(sides, true)
  const pairs: RunPair<Ours, Baseline>[] = []
  for (let run = 0; run < runs; run++) pairs.push(await pair(sides, run % 2 === 0))
  return pairs
}

async function pair<Ours, Baseline>(
  sides: Sides<Ours, Baseline>,
  oursFirst: boolean,
): Promise<RunPair<Ours, Baseline>> {
  if (oursFirst) return { ours: await clean(sides.ours), baseline: await clean(sides.baseline) }
  const baseline = await clean(sides.baseline)
  return { ours: await clean(sides.ours), baseline }
}

/** Nobody is to clear away what the other side left. */
async function clean<Result>(side: () => Promise<Result>): Promise<Result> {
  globalThis.gc?.()
  return side()
}
