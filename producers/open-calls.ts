/** Counts calls that have not been answered yet. */
export class OpenCalls {
  #count = 0
  readonly #waiting: (() => void)[] = []

  enter(): void {
    this.#count++
  }

  leave(): void {
    this.#count--
    if (this.#count === 0) for (const resume of this.#waiting.splice(0)) resume()
  }

  /** Resolves when no call is open. */
  async drained(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}
