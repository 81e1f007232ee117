/** Lets one waiter sleep until it is rung, a time has passed, or a signal aborts. A ring with no one waiting is kept. */
export class WakeUp {
  #rung = false
  #wake: (() => void) | undefined

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  /** Resolves at the next ring (at once, if one came since the last wait), after `ms`, or when the signal aborts. */
  async wait(signal: AbortSignal, ms?: number): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', wake)
          this.#wake = undefined
          resolve()
        }
        const timer = ms === undefined ? undefined : setTimeout(wake, ms)
        signal.addEventListener('abort', wake)
        this.#wake = wake
      })
    }
    this.#rung = false
  }
}

/** Resolves after `ms`, or as soon as the signal aborts. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> => new WakeUp().wait(signal, ms)
