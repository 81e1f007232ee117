import type { ServerResponse } from 'node:http'
import { LiveLog, type LiveQuery } from '../../../consumers/live/live-log.ts'
import type { Settings } from '../../settings.ts'
import type { OpenLog } from '../../wiring/open-log.ts'
import type { Access } from '../access/access.ts'
import type { Caller } from '../access/caller.ts'
import { HttpError } from '../http-error.ts'
import { Tail, type TailOptions } from './tail.ts'

/** How often it is looked whether those who read still may, ms. */
const LOOK_MS = 500
/** When who was refused may come again, s. */
const RETRY_AFTER_S = 5

/** A tail that may begin. */
export interface OpenedTail {
  /** Writes until it ends. */
  run(raw: ServerResponse, how: Pick<TailOptions, 'format' | 'isResumed'>): Promise<void>
}

/** All streams of this process. */
export class Tails {
  readonly #live: LiveLog
  readonly #access: Access
  readonly #settings: Settings
  readonly #running = new Map<Tail, { readonly caller: Caller; readonly ended: Promise<void> }>()
  /** By the key's id; null without keys. */
  readonly #perKey = new Map<string | null, number>()
  readonly #looking: NodeJS.Timeout
  #count = 0
  #isClosing = false

  /** `failed` is told what ended all readers at once. */
  constructor(log: OpenLog, access: Access, settings: Settings, failed: (error: unknown) => void) {
    this.#live = new LiveLog({ ...log, discoveryMs: settings.DISCOVERY_MS, failed })
    this.#access = access
    this.#settings = settings
    this.#looking = setInterval(() => this.#look(), LOOK_MS).unref()
  }

  /** How many there are now. */
  get count(): number {
    return this.#count
  }

  /** Begins a tail. Errors: 429, 503, and those of `LiveLog.open`. */
  async open(caller: Caller, query: Omit<LiveQuery, 'bufferBytes'>): Promise<OpenedTail> {
    const leave = this.#enter(caller)
    try {
      const reader = await this.#live.open({ ...query, bufferBytes: this.#settings.TAIL_BUFFER_BYTES })
      return {
        run: async (raw, how) => {
          const { TAIL_HEARTBEAT_MS: heartbeatMs, TAIL_STALL_MS: stallMs } = this.#settings
          const tail = new Tail(raw, reader, { ...how, heartbeatMs, stallMs })
          const ended = tail.run()
          this.#running.set(tail, { caller, ended: ended.catch(() => undefined) })
          try {
            await ended
          } finally {
            this.#running.delete(tail)
            this.#live.leave(reader)
            leave()
          }
        },
      }
    } catch (error) {
      leave()
      throw error
    }
  }

  /** Ends all, each with the place from which it can go on, and lets go of the log. */
  async close(): Promise<void> {
    this.#isClosing = true
    clearInterval(this.#looking)
    const ended = Array.from(this.#running.values(), (each) => each.ended)
    for (const tail of this.#running.keys()) tail.close('stopping')
    await Promise.all(ended)
    await this.#live.close()
  }

  #look(): void {
    for (const [tail, { caller }] of this.#running) if (!this.#access.isStillIn(caller)) tail.close('unauthorized')
  }

  #enter({ keyId }: Caller): () => void {
    const { TAIL_READERS, TAIL_READERS_PER_KEY } = this.#settings
    if (this.#isClosing) throw new HttpError(503, 'Unavailable', 'the process is stopping', { retryAfterS: 1 })
    const ofKey = this.#perKey.get(keyId) ?? 0
    if (ofKey >= TAIL_READERS_PER_KEY) {
      const message = `the key may have ${TAIL_READERS_PER_KEY} streams at once`
      throw new HttpError(429, 'TooManyRequests', message, { retryAfterS: RETRY_AFTER_S })
    }
    if (this.#count >= TAIL_READERS) {
      throw new HttpError(503, 'Unavailable', 'the server has as many streams as it may', {
        retryAfterS: RETRY_AFTER_S,
      })
    }
    this.#count++
    this.#perKey.set(keyId, ofKey + 1)
    return () => {
      this.#count--
      const left = (this.#perKey.get(keyId) ?? 1) - 1
      if (left === 0) this.#perKey.delete(keyId)
      else this.#perKey.set(keyId, left)
    }
  }
}
