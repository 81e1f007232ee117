/** Calls back once, some time after it was started. */
export class Linger {
  readonly #ms: number
  readonly #elapsed: () => void
  #stop: (() => void) | null = null

  constructor(ms: number, elapsed: () => void) {
    this.#ms = ms
    this.#elapsed = elapsed
  }

  /** Starts the time, unless it runs. With 0 ms it is over when the present turn of the event loop is. */
  start(): void {
    if (this.#stop !== null) return
    if (this.#ms === 0) {
      const immediate = setImmediate(() => this.#end())
      this.#stop = () => clearImmediate(immediate)
    } else {
      const timer = setTimeout(() => this.#end(), this.#ms)
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
