/** Spreads events over time, until it is told to hurry. */
export class Pace {
  readonly #perSecond: number
  readonly #started = performance.now()
  #taken = 0
  #hurried = false
  #hurry: () => void = () => {}
  readonly #hurrying = new Promise<void>((resolve) => {
    this.#hurry = resolve
  })

  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** Resolves when so many events are due. */
  async turn(events: number): Promise<void> {
    this.#taken += events
    const wait = this.#started + (1000 * this.#taken) / this.#perSecond - performance.now()
    if (wait <= 0 || this.#hurried) return
    await Promise.race([this.#hurrying, new Promise((resolve) => setTimeout(resolve, wait))])
  }

  /** From now on every event is due. */
  hurry(): void {
    this.#hurried = true
    this.#hurry()
  }
}
