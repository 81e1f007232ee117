import { ExperienceError } from '../../base/experience-error.ts'
import type { LiveProjector } from '../../consumers/live-projector.ts'

/** A projector of this process, from its start on. */
export class RunningProjector {
  /** Resolves when it was stopped. Error: `TooManyDeadLetters`. */
  readonly ended: Promise<void>
  readonly #projector: LiveProjector
  /** Why it runs no longer; who waits looks at it: a promise that lives as long as the service would remember every wait. */
  #end: { readonly error: unknown } | null = null

  constructor(projector: LiveProjector) {
    this.#projector = projector
    this.ended = projector.run()
    const stopped = new ExperienceError('Unavailable', 'the projector was stopped', { retryable: false })
    this.ended.then(
      () => (this.#end = { error: stopped }),
      (error: unknown) => (this.#end = { error }),
    )
  }

  /** Throws where it runs no longer: whatever ended it. */
  checkRuns(): void {
    if (this.#end !== null) throw this.#end.error
  }

  /** Finishes the ranges under way. */
  async stop(): Promise<void> {
    await this.#projector.stop()
    await this.ended.catch(() => {})
  }
}
