import { pause } from '../../../base/waiting.ts'
import type { Settings } from '../../settings.ts'
import type { Caller } from '../access/caller.ts'
import { HttpError } from '../http-error.ts'
import { TokenBucket } from './token-bucket.ts'

/** Bodies of full size that may be held at once. */
const HELD_BODIES = 16
/** What a request may have under way at most, and at least however many there are, bytes. */
const LARGEST_WINDOW = 4 << 20
const SMALLEST_WINDOW = 64 << 10

export interface IngestLimits {
  /** Requests under way at once. */
  readonly atOnce: number
  /** Of a key that has no limit of its own; 0 for none. */
  readonly eventsPerSecond: number
  readonly bytesPerSecond: number
  /** Of a body, a line or a record that is held whole. */
  readonly maxBytes: number
  /** Bytes that all requests together may have under way to the log. */
  readonly maxInFlightBytes: number
}

/** The limits that the settings name. */
export function ingestLimits(settings: Settings): IngestLimits {
  return {
    atOnce: settings.HTTP_INGEST_AT_ONCE,
    eventsPerSecond: settings.HTTP_EVENTS_PER_SECOND,
    bytesPerSecond: settings.HTTP_BYTES_PER_SECOND,
    maxBytes: settings.HTTP_BODY_BYTES,
    maxInFlightBytes: settings.PRODUCER_MAX_IN_FLIGHT_BYTES,
  }
}

/** What one key uses, and may use at once: it must leave room for others. */
interface KeyLoad {
  readonly events: TokenBucket
  readonly bytes: TokenBucket
  readonly mostRequests: number
  readonly mostHeldBytes: number
  requests: number
  heldBytes: number
}

/** Lets requests with events in, as many and as fast as the limits allow. */
export class IngestGate {
  readonly limits: IngestLimits
  readonly #loads = new Map<string | null, KeyLoad>()
  #requests = 0
  #heldBytes = 0

  constructor(limits: IngestLimits) {
    this.limits = limits
  }

  /** Bytes that one request may have under way: as many as there are for each. */
  get windowBytes(): number {
    const share = this.limits.maxInFlightBytes / Math.max(1, this.#requests)
    return Math.min(LARGEST_WINDOW, Math.max(SMALLEST_WINDOW, share))
  }

  /** Errors: 429 for a key that has had its share, 503 when there are too many requests; both say when to come again. */
  enter(caller: Caller): IngestPass {
    if (this.#requests >= this.limits.atOnce) throw tooMany('the server has as many requests with events as it takes')
    const load = this.#loadOf(caller)
    if (load.requests >= load.mostRequests) {
      throw tooFast('the key has as many requests with events under way as it may have', 1)
    }
    const debtMs = Math.max(load.events.debtMs, load.bytes.debtMs)
    if (debtMs > 0) throw tooFast('the key has sent as much as it may for now', Math.ceil(debtMs / 1000))
    this.#requests++
    load.requests++
    return new IngestPass(load, {
      holds: (more) => this.#hold(load, more),
      leave: () => {
        this.#requests--
        load.requests--
      },
    })
  }

  #hold(load: KeyLoad, more: number): void {
    if (more > 0 && load.heldBytes + more > load.mostHeldBytes) {
      throw tooFast('the key has as much of bodies under way as it may have', 1)
    }
    if (more > 0 && this.#heldBytes + more > HELD_BODIES * this.limits.maxBytes) {
      throw tooMany('the server holds as much of bodies as it can')
    }
    load.heldBytes += more
    this.#heldBytes += more
  }

  #loadOf({ keyId, limits }: Caller): KeyLoad {
    let load = this.#loads.get(keyId)
    if (load === undefined) {
      const { atOnce, maxBytes, eventsPerSecond, bytesPerSecond } = this.limits
      load = {
        events: new TokenBucket(limits.events_per_second ?? eventsPerSecond),
        bytes: new TokenBucket(limits.bytes_per_second ?? bytesPerSecond),
        mostRequests: keyId === null ? atOnce : Math.ceil(atOnce / 2),
        mostHeldBytes: keyId === null ? Infinity : (HELD_BODIES / 2) * maxBytes,
        requests: 0,
        heldBytes: 0,
      }
      this.#loads.set(keyId, load)
    }
    return load
  }
}

interface PassEnds {
  readonly holds: (moreBytes: number) => void
  readonly leave: () => void
}

/** One request that was let in. */
export class IngestPass {
  readonly #load: KeyLoad
  readonly #ends: PassEnds
  #heldBytes = 0

  constructor(load: KeyLoad, ends: PassEnds) {
    this.#load = load
    this.#ends = ends
  }

  /** The request brought so much. */
  took(events: number, bytes: number): void {
    this.#load.events.take(events)
    this.#load.bytes.take(bytes)
  }

  /** Waits until the key is out of debt. Error: the reason of the signal, as soon as that aborts. */
  async outOfDebt(signal: AbortSignal): Promise<void> {
    const debtMs = Math.max(this.#load.events.debtMs, this.#load.bytes.debtMs)
    if (debtMs > 0) await pause(debtMs, signal)
    signal.throwIfAborted()
  }

  /** The request holds so many bytes that cannot be read yet. Errors: 429, 503 where that is too much with what others hold. */
  holds(bytes: number): void {
    this.#ends.holds(bytes - this.#heldBytes)
    this.#heldBytes = bytes
  }

  leave(): void {
    this.holds(0)
    this.#ends.leave()
  }
}

function tooMany(message: string): HttpError {
  return new HttpError(503, 'Unavailable', message, { retryAfterS: 1 })
}

function tooFast(message: string, retryAfterS: number): HttpError {
  return new HttpError(429, 'TooManyRequests', message, { retryAfterS })
}
