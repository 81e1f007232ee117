import { generation, type Generation } from '../../projections/generations/generation.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { liveGenerationId } from '../../projections/views/create-views.ts'

/** While a reader waits it asks many times a second. */
const KNOWN_FOR_MS = 1000

/** Tells which generation readers follow: operators may switch it at any time. */
export class LiveGeneration {
  readonly #store: ReadModelStore
  #known: Generation
  #knownAt = performance.now()

  constructor(store: ReadModelStore, known: Generation) {
    this.#store = store
    this.#known = known
  }

  /**
   * As it was within the last second: good enough to wait by. A generation that readers have left is not projected any further, so
   * that what it had reached, the next one has as well. Errors: `Unavailable`, `StorageError`.
   */
  async recent(): Promise<Generation> {
    return performance.now() - this.#knownAt < KNOWN_FOR_MS ? this.#known : this.now()
  }

  /** As it is now. Errors: `Unavailable`, `StorageError`. */
  async now(): Promise<Generation> {
    const id = await liveGenerationId(this.#store)
    // Between two steps of somebody who restores a database by hand there may be none.
    if (id !== null) this.#known = generation(id)
    this.#knownAt = performance.now()
    return this.#known
  }
}
