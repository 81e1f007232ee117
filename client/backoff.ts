import { ExperienceError } from '../base/experience-error.ts'

/** The first pause is at most so long, ms; each one after it at most twice as long as the one before. */
const FIRST_MS = 100
const LONGEST_MS = 10_000

/** Says how long to wait before something is tried again. Many clients of one server do not come back at the same time. */
export class Backoff {
  readonly #until: number
  #tries = 0

  /** `forMs`: how long to try again. */
  constructor(forMs: number) {
    this.#until = performance.now() + forMs
  }

  /** How long to wait, ms, at least so long as the server asks; null where that is longer than there is time. */
  next(retryAfterMs: number): number | null {
    const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#tries++)
    const waitMs = retryAfterMs + most * Math.random()
    return performance.now() + waitMs > this.#until ? null : waitMs
  }
}

/** Resolves after `ms`. Error: `Interrupted`, as soon as the signal aborts. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const wake = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, ms)
    signal?.addEventListener('abort', wake)
    if (signal?.aborted === true) wake()
  })
  if (signal?.aborted === true) throw stoppedEarly()
}

export function stoppedEarly(): ExperienceError {
  return new ExperienceError('Interrupted', 'the answer was not waited for')
}
