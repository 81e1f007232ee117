import { idOfKey, isKey, isValid, stateOfKey, type Key, type KeyState } from '../../../operations/keys/key.ts'
import { keysOf } from '../../../operations/keys/keys-of.ts'
import type { OperationsLog } from '../../../operations/log/operations-log.ts'
import { pause } from '../../../base/waiting.ts'

/** How often the operations log is looked into for keys that were created or revoked, ms. */
const LOOK_MS = 1000
/** Who comes with an unknown key waits so long after the look before: it makes the log no busier, ms. */
const LOOK_AGAIN_MS = 250

/** The keys that open this process's doors: those of the operations log, as it stood a second ago at most. */
export class KeyRing {
  readonly #operations: OperationsLog
  readonly #stopping = new AbortController()
  readonly #onFailure: (error: unknown) => void
  #keys: ReadonlyMap<string, Key> = new Map()
  /** How many operations the keys are made of: most looks find no new one. */
  #operationsSeen = 0
  #lookedAt = 0
  #looking: Promise<void> | null = null
  #watching: Promise<void> = Promise.resolve()

  private constructor(operations: OperationsLog, onFailure: (error: unknown) => void) {
    this.#operations = operations
    this.#onFailure = onFailure
  }

  /** Errors: `Unavailable`, `StorageError`. Later failures are told, and the keys that are known stay. */
  static async open(operations: OperationsLog, onFailure: (error: unknown) => void): Promise<KeyRing> {
    const ring = new KeyRing(operations, onFailure)
    await ring.#look()
    ring.#watching = ring.#watch()
    return ring
  }

  /** Whether any key was ever created: from then on nobody comes in without one. */
  get isInUse(): boolean {
    return this.#keys.size > 0
  }

  /** How many keys there are, by their states. */
  countByState(): Record<KeyState, number> {
    const counts = { valid: 0, expired: 0, revoked: 0 }
    for (const key of this.#keys.values()) counts[stateOfKey(key, Date.now())]++
    return counts
  }

  /** The key that a text is, if it is valid now; null otherwise. One that was created a moment ago is known as well. */
  async find(text: string): Promise<Key | null> {
    const id = idOfKey(text)
    if (id === null) return null
    const known = this.#valid(id, text)
    if (known !== null) return known
    // Whatever is the matter with it, so that the time tells nobody which ids there are.
    await this.#lookAgain()
    return this.#valid(id, text)
  }

  /** Whether a key that was let in still is. */
  isStillValid(id: string): boolean {
    const key = this.#keys.get(id)
    return key !== undefined && isValid(key, Date.now())
  }

  /** Sees what this process has just changed of the keys. */
  async lookNow(): Promise<void> {
    // A look that is under way may have begun before.
    await this.#looking?.catch(() => undefined)
    await this.#lookOrTell()
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    await this.#watching
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await pause(LOOK_MS, signal)
      if (!signal.aborted) await this.#lookOrTell()
    }
  }

  #valid(id: string, text: string): Key | null {
    const key = this.#keys.get(id)
    return key !== undefined && isKey(text, key) && isValid(key, Date.now()) ? key : null
  }

  /** The key may have been created a moment ago. */
  async #lookAgain(): Promise<void> {
    await pause(this.#lookedAt + LOOK_AGAIN_MS - performance.now(), this.#stopping.signal)
    await this.#lookOrTell()
  }

  async #lookOrTell(): Promise<void> {
    try {
      await this.#look()
    } catch (error) {
      this.#onFailure(error)
    }
  }

  /** Those who ask at once share one look. */
  #look(): Promise<void> {
    this.#looking ??= this.#readKeys().finally(() => (this.#looking = null))
    return this.#looking
  }

  async #readKeys(): Promise<void> {
    this.#lookedAt = performance.now()
    const operations = await this.#operations.read()
    if (operations.length === this.#operationsSeen) return
    this.#keys = keysOf(operations)
    this.#operationsSeen = operations.length
  }
}
