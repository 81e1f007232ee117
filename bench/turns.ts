import { median, type Pair } from './measurement.ts'

/** Two ways to get the same answer; each answers with how long it took, ms. */
export interface TurnTakers {
  readonly ours: () => Promise<number>
  readonly baseline: () => Promise<number>
}

/** A run asks each side at least so often, and goes on until this time has passed, ms. */
const TIMES = 5
const RUN_MS = 400

/**
 * Runs in which the sides take turns question by question: these are so short that others' work would hit one side alone. Each pair is
 * of the median times, ms. One run goes before, to warm up.
 */
export async function runsInTurn(sides: TurnTakers, runs: number): Promise<Pair[]> {
  await medianTimes(sides)
  const pairs: Pair[] = []
  for (let run = 0; run < runs; run++) pairs.push(await medianTimes(sides))
  return pairs
}

async function medianTimes({ ours, baseline }: TurnTakers): Promise<Pair> {
  const started = performance.now()
  const times: { readonly ours: number[]; readonly baseline: number[] } = { ours: [], baseline: [] }
  while (times.ours.length < TIMES || performance.now() - started < RUN_MS) {
    times.ours.push(await ours())
    times.baseline.push(await baseline())
  }
  return { ours: median(times.ours), baseline: median(times.baseline) }
}

/** How long it takes to ask once, ms. */
export async function timeOf(ask: () => Promise<unknown>): Promise<number> {
  const asked = performance.now()
  await ask()
  return performance.now() - asked
}
