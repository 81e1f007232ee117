/** Calls back once, some time after it was started. */
export class Linger {
  readonly #elapsed: () => void
  #stop: (() => void) | null = null

  constructor(elapsed: () => void) {
    this.#elapsed = elapsed
  }

  /** Starts the time, unless it runs. With 0 ms it is over when the present turn of the event loop is. */
  start(ms: number): void {
    if (this.#stop !== null) return
    if (ms === 0) {
      const immediate = setImmediate(() => this.#end())
      this.#stop = () => clearImmediate(immediate)
    } else {
      const timer = setTimeout(() => this.#end(), ms)
      this.#stop = () => clearTimeout(timer)
    }
  }

  stop(): void {
    this.#stop?.()
    this.#stop = null
  }

  #end(): void {
    this.#stop = null
    this.#elapsed()
  }
}
