/** Time that passed unused is made up for so far, ms. */
const UNUSED_MS = 1000

/** Keeps a mean rate. A limit of 0 is none. */
export class Pace {
  readonly #perSecond: number
  #dueAt = performance.now()

  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** How long to wait before `count` more are begun, ms. */
  waitBefore(count: number): number {
    if (this.#perSecond === 0) return 0
    const now = performance.now()
    this.#dueAt = Math.max(this.#dueAt, now - UNUSED_MS) + (1000 * count) / this.#perSecond
    return Math.max(0, this.#dueAt - now)
  }
}
