import type { Pair } from './measurement.ts'

/** Work on some of the items: those from one place up to another. */
export type PartWork = (from: number, to: number) => unknown

/** Two ways to do work on items, of which there are equally many. */
export interface CpuSides {
  readonly ours: PartWork
  readonly baseline: PartWork
  readonly items: number
  /** How many of them a side takes before it is the other's turn. */
  readonly part: number
}

/** Passes that go before, by which the compiler has learnt what it will: after two, avsc still became twice as fast. */
const WARMING = 4

/** Holds the last result, so that no compiler leaves out work whose result nobody wants. */
const sink: { result: unknown } = { result: null }

/** Work on one item after the other. */
export function itemWise<Item>(items: readonly Item[], work: (item: Item) => unknown): PartWork {
  return (from, to) => {
    for (let at = from; at < to; at++) sink.result = work(items[at]!)
  }
}

/**
 * How many items each side takes in a second of this process's CPU, garbage collection included, in each of so many passes over all
 * items. The sides take turns every few ms, so that whatever changes their speed meanwhile counts for both: with a quarter of a second
 * for each, ratios of the same code differed up to fourfold.
 */
export async function cpuRatesInTurn(sides: CpuSides, passes: number): Promise<Pair[]> {
  for (let pass = 0; pass < WARMING; pass++) await passOf(sides)
  const pairs: Pair[] = []
  for (let pass = 0; pass < passes; pass++) pairs.push(await passOf(sides))
  return pairs
}

async function passOf({ ours, baseline, items, part }: CpuSides): Promise<Pair> {
  globalThis.gc?.()
  const cpu = { ours: 0, baseline: 0 }
  for (let from = 0; from < items; from += part) {
    const to = Math.min(items, from + part)
    cpu.ours += await cpuOf(() => ours(from, to))
    cpu.baseline += await cpuOf(() => baseline(from, to))
  }
  return { ours: (1e6 * items) / cpu.ours, baseline: (1e6 * items) / cpu.baseline }
}

/** CPU time of the process, µs: what else the machine does would else show more than the work. */
async function cpuOf(work: () => unknown): Promise<number> {
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return user + system
}
