/** So much of a second's tokens may be taken at once. */
const BURST_S = 1

/**
 * So many tokens a second, of which some may be saved up, and which may be taken before they are there: whoever does is in debt for a while.
 */
export class TokenBucket {
  readonly #perSecond: number
  readonly #now: () => number
  #tokens: number
  #at: number

  /** `perSecond`: 0 for as many as anybody wants. `now`: a clock that never goes back, ms. */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond
    this.#now = now
    this.#tokens = perSecond * BURST_S
    this.#at = now()
  }

  take(tokens: number): void {
    if (this.#perSecond === 0) return
    this.#fill()
    this.#tokens -= tokens
  }

  /** How long it takes until the debt is paid, ms; 0 where there is none. */
  get debtMs(): number {
    if (this.#perSecond === 0) return 0
    this.#fill()
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#perSecond) * 1000
  }

  #fill(): void {
    const now = this.#now()
    const earned = ((now - this.#at) / 1000) * this.#perSecond
    this.#tokens = Math.min(this.#perSecond * BURST_S, this.#tokens + earned)
    this.#at = now
  }
}
