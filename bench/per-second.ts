/** The rate of `count` items since `startedAt` (`performance.now()`), by the clock. */
export function perSecond(count: number, startedAt: number): number {
  return (1000 * count) / (performance.now() - startedAt)
}
