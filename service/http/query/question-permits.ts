import type { Settings } from '../../settings.ts'
import type { Caller } from '../access/caller.ts'
import { HttpError } from '../http-error.ts'

/** When a question that was refused may be asked again, s: most are answered within milliseconds. */
const RETRY_AFTER_S = 1

/** Leave to ask: so many questions at once of one key, and of the process. */
export class QuestionPermits {
  readonly #most: number
  readonly #mostOfKey: number
  readonly #byKey = new Map<string | null, number>()
  #asked = 0

  constructor(settings: Pick<Settings, 'HTTP_QUESTIONS_AT_ONCE' | 'HTTP_QUESTIONS_OF_KEY_AT_ONCE'>) {
    this.#most = settings.HTTP_QUESTIONS_AT_ONCE
    this.#mostOfKey = settings.HTTP_QUESTIONS_OF_KEY_AT_ONCE
  }

  /** Returns what gives the leave back. Errors: 429 (the key's), 503 (the process's). */
  take({ keyId, limits }: Caller): () => void {
    const ofKey = this.#byKey.get(keyId) ?? 0
    const mostOfKey = limits.queries_at_once ?? this.#mostOfKey
    if (keyId !== null && ofKey >= mostOfKey) {
      const message = `the key may ask ${mostOfKey} questions at once: wait for an answer`
      throw new HttpError(429, 'TooManyRequests', message, { retryAfterS: RETRY_AFTER_S })
    }
    if (this.#asked >= this.#most) {
      const message = 'the server answers as many questions at once as it can'
      throw new HttpError(503, 'Unavailable', message, { retryAfterS: RETRY_AFTER_S })
    }
    this.#asked++
    this.#byKey.set(keyId, ofKey + 1)
    return () => this.#giveBack(keyId)
  }

  #giveBack(keyId: string | null): void {
    this.#asked--
    const ofKey = (this.#byKey.get(keyId) ?? 1) - 1
    if (ofKey === 0) this.#byKey.delete(keyId)
    else this.#byKey.set(keyId, ofKey)
  }
}
