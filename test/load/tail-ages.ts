import { quantile } from '../../bench/latency/visible-latencies.ts'

/** How old events were when live tails told them, by the time at which the log took them: over a phase, and in each second of it. */
export class TailAges {
  readonly #begunAt = performance.now()
  readonly #ages: number[] = []
  /** Of each tail, the oldest event that it told in each second; nothing where it told none. */
  readonly #oldest = new Map<string, (number | undefined)[]>()

  /** A tail told an event that was so old, ms. */
  told(tail: string, ageMs: number): void {
    const seconds = this.#oldest.get(tail) ?? []
    this.#oldest.set(tail, seconds)
    const second = Math.floor((performance.now() - this.#begunAt) / 1000)
    seconds[second] = Math.max(seconds[second] ?? 0, ageMs)
    this.#ages.push(ageMs)
  }

  /**
   * The second from which on every tail told events in each, and none that was older than `mostMs`, since the phase began, which took so
   * many seconds; null where the last was not so.
   */
  liveAfterS(seconds: number, mostMs: number): number | null {
    const isLive = (second: number): boolean =>
      this.#oldest.size > 0 && [...this.#oldest.values()].every((oldest) => (oldest[second] ?? Infinity) <= mostMs)
    let from = seconds
    while (from > 0 && isLive(from - 1)) from--
    return from === seconds ? null : from
  }

  /** How old events were at this share of all, ms. */
  atShare(share: number): number {
    return this.#ages.length === 0 ? 0 : quantile(this.#ages, share)
  }

  toJson(): object {
    const at = (share: number): number => Math.round(this.atShare(share))
    return { p50: at(0.5), p99: at(0.99), most: at(1) }
  }
}
