/** Holds the last result, so that no compiler leaves out work whose result nobody wants. */
const sink: { result: unknown } = { result: null }

/** CPU time that a rate is taken over at least, µs: shorter ones tell more about the compiler and the collector than the work. */
const LEAST_CPU = 250_000

/**
 * How many items `work` takes in a second of this process's CPU, one after the other. CPU time, garbage collection included,
 * since what else the machine does would else show more than the work.
 */
export async function itemsPerCpuSecond<Item>(items: readonly Item[], work: (item: Item) => unknown): Promise<number> {
  return perCpuSecond(items.length, () => {
    for (const item of items) sink.result = work(item)
  })
}

/** The same for work that takes all `count` items together; repeats it as often as it needs. */
export async function perCpuSecond(count: number, work: () => unknown): Promise<number> {
  const start = process.cpuUsage()
  for (let done = count; ; done += count) {
    await work()
    const { user, system } = process.cpuUsage(start)
    const cpu = user + system
    if (cpu >= LEAST_CPU) return (1e6 * done) / cpu
  }
}
