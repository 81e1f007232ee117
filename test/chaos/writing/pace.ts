/**
 * Spreads events over time, until it is told to hurry. Time in which nothing could be written is not made up for: there is to be something
 * under way whenever a fault comes.
 */
export class Pace {
  readonly #perSecond: number
  #dueAt = performance.now()
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
    const now = performance.now()
    this.#dueAt = Math.max(now, this.#dueAt) + (1000 * events) / this.#perSecond
    const wait = this.#dueAt - now
    if (wait <= 0 || this.#hurried) return
    await Promise.race([this.#hurrying, new Promise((resolve) => setTimeout(resolve, wait))])
  }

  /** From now on every event is due. */
  hurry(): void {
    this.#hurried = true
    this.#hurry()
  }
}
