/** The rate is that of the latest while, so that it follows what happens. */
const WINDOW_MS = 10_000

/** How fast a count grows. */
export class Rate {
  readonly #seen: { readonly at: number; readonly count: number }[] = []

  /** `at` is in ms, of a clock that goes forward only. */
  add(at: number, count: number): void {
    this.#seen.push({ at, count })
    while (this.#seen.length > 2 && at - this.#seen[1]!.at > WINDOW_MS) this.#seen.shift()
  }

  perSecond(): number {
    const [first, last] = [this.#seen[0], this.#seen.at(-1)]
    if (first === undefined || last === undefined || last.at <= first.at) return 0
    return Math.round((1000 * (last.count - first.count)) / (last.at - first.at))
  }

  /** Null where nothing moves. */
  secondsFor(count: number): number | null {
    const rate = this.perSecond()
    return rate <= 0 ? null : Math.ceil(count / rate)
  }
}
