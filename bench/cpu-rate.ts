/** Holds the last result, so that no compiler leaves out work whose result nobody wants. */
const sink: { result: unknown } = { result: null }

/**
 * How many items `work` takes in a second of this process's CPU, one after the other. CPU time, garbage collection included,
 * since what else the machine does would else show more than the work.
 */
export function itemsPerCpuSecond<Item>(items: readonly Item[], work: (item: Item) => unknown): number {
  const rate = cpuRate()
  for (const item of items) sink.result = work(item)
  return rate(items.length)
}

/** Begins to count; answers with what gives the rate of so many items, per second of CPU, since then. */
export function cpuRate(): (count: number) => number {
  const start = process.cpuUsage()
  return (count) => {
    const { user, system } = process.cpuUsage(start)
    return (1e6 * count) / (user + system)
  }
}
