import { WakeUp } from '../base/waiting.ts'
import type { Generation } from '../projections/generations/generation.ts'
import { ExperienceError } from '../base/experience-error.ts'
import type { Projector } from './projector.ts'

export interface LiveProjectorParts {
  /** The generation to project into, by what operators decided last. Errors: `Unavailable`, `StorageError`. */
  readonly target: () => Promise<Generation>
  /** Called now and then while readers may follow another generation than the target: moves them if that is due. */
  readonly completeSwitch: (target: Generation) => Promise<void>
  readonly projectorOf: (generation: Generation) => Projector
  /** Told when another generation is projected into. */
  readonly onSwitch: (generation: Generation) => void
  /** How often to look for another target, ms. */
  readonly lookMs: number
}

/**
 * Projects into the generation that readers follow, or are about to: when operators switch, it drains, leaves the old
 * generation's group and joins the new one's.
 */
export class LiveProjector {
  readonly #parts: LiveProjectorParts
  readonly #stopping = new AbortController()
  readonly #wakeUp = new WakeUp()
  #running: Promise<void> | null = null

  constructor(parts: LiveProjectorParts) {
    this.#parts = parts
  }

  /** Projects until `stop`. Errors: `TooManyDeadLetters`; at its start, `Unavailable` and `StorageError`. */
  run(): Promise<void> {
    this.#running ??= this.#follow()
    return this.#running
  }

  /** Finishes the ranges under way, then leaves the group. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running?.catch(() => {})
  }

  async #follow(): Promise<void> {
    let generation = await this.#parts.target()
    let isFirst = true
    while (!this.#stopping.signal.aborted) {
      const projector = this.#parts.projectorOf(generation)
      if (!isFirst) this.#parts.onSwitch(generation)
      isFirst = false
      const projecting = projector.run()
      try {
        generation = await this.#untilAnother(generation, projecting)
      } finally {
        await projector.stop()
      }
      await projecting
    }
  }

  /** Resolves with the next target, or with the same one when stopped; rejects as the projector does. */
  async #untilAnother(current: Generation, projecting: Promise<void>): Promise<Generation> {
    const { signal } = this.#stopping
    let hasEnded = false
    const end = (): void => {
      hasEnded = true
      this.#wakeUp.ring()
    }
    projecting.then(end, end)
    for (;;) {
      await this.#wakeUp.wait(signal, this.#parts.lookMs)
      if (signal.aborted) return current
      // By itself it ends with an error only.
      if (hasEnded) await projecting
      const next = await this.#lookForTarget(current)
      if (next.id !== current.id) return next
    }
  }

  async #lookForTarget(current: Generation): Promise<Generation> {
    try {
      const target = await this.#parts.target()
      if (target.id === current.id) await this.#parts.completeSwitch(target)
      return target
    } catch (error) {
      // A server that is away for a moment must not end the projector, which waits for it just as well.
      if (error instanceof ExperienceError && error.retryable) return current
      throw error
    }
  }
}
