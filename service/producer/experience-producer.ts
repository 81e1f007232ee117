import type { Position } from '../../base/position.ts'
import { asExperienceError } from '../../producers/append-call.ts'
import type { EventProducer } from '../../producers/event-producer.ts'
import type { ExperienceEventEnvelopeInput } from '../../schemas/types/event-input-types.ts'
import type { ErrorCode } from '../../base/experience-error.ts'
import type { Settings } from '../settings.ts'
import { openLog, type OpenLog } from '../wiring/open-log.ts'
import { openProducer } from '../wiring/open-producer.ts'

/** What became of one event of a batch. */
export type AppendVerdict =
  /** The log holds it, durably, at this position. */
  | { readonly verdict: 'accepted'; readonly position: Position }
  /**
   * With `InvalidQuery` the event is wrong and was not sent; `field` says where. With any other code the log failed, and may or may not
   * hold the event: append it again, it counts once.
   */
  | {
      readonly verdict: 'rejected'
      readonly code: ErrorCode
      readonly field: string | null
      readonly message: string
      /** Whether the same append may succeed later. */
      readonly retryable: boolean
    }

/**
 * Appends events, for programs that only emit: it opens the log and the registry, but neither ClickHouse nor chDB. Any number of
 * processes may append to the same log, embedded or Kafka, while a projector runs.
 *
 * Events that you append during an append share the next one, and wait `PRODUCER_LINGER_MS` for it at most; an idle log takes an event at
 * once. The events of a tenant keep the order of the calls. While `PRODUCER_MAX_IN_FLIGHT_BYTES` wait for the log, further calls wait too:
 * await each call, or `ready`, to bound the memory.
 *
 * Errors of every operation: `InvalidQuery` (the event is invalid or too large; nothing is sent), `Unavailable`, `StorageError`.
 */
export class ExperienceProducer {
  readonly #log: OpenLog
  readonly #producer: EventProducer
  #closed: Promise<void> | null = null

  private constructor(log: OpenLog, producer: EventProducer) {
    this.#log = log
    this.#producer = producer
  }

  /** Opens the log that the settings name. Errors: `Unavailable` (which server, what to do), `StorageError`, `InvalidSettings`. */
  static async open(settings: Settings): Promise<ExperienceProducer> {
    const log = await openLog(settings)
    try {
      return new ExperienceProducer(log, await openProducer(log, settings))
    } catch (error) {
      await log.close()
      throw error
    }
  }

  /** Appends an event. When it resolves, the log holds the event durably, at that position. */
  append(envelope: ExperienceEventEnvelopeInput): Promise<Position> {
    return this.#producer.append(envelope)
  }

  /** Appends an event from its JSON text (bytes are UTF-8). This is several times as fast as parsing it first. */
  appendJson(json: string | Uint8Array): Promise<Position> {
    return this.#producer.appendJson(typeof json === 'string' ? Buffer.from(json) : json)
  }

  /**
   * Appends every event that can be appended: envelopes, or their JSON texts (strings, or bytes in UTF-8). Answers what became of
   * each, in the order given. It rejects only when the producer is closed.
   */
  async appendBatch(events: readonly (ExperienceEventEnvelopeInput | string | Uint8Array)[]): Promise<AppendVerdict[]> {
    this.#producer.checkOpen()
    return Promise.all(events.map((event) => this.#appendAny(event).then(accepted, rejected)))
  }

  #appendAny(event: ExperienceEventEnvelopeInput | string | Uint8Array): Promise<Position> {
    const isJson = typeof event === 'string' || event instanceof Uint8Array
    return isJson ? this.appendJson(event) : this.append(event)
  }

  /** Appends events of any tenants so that readers see all of them or none. The error names the event: `events[3].event_id`. */
  appendAtomic(envelopes: readonly ExperienceEventEnvelopeInput[]): Promise<Position[]> {
    return this.#producer.appendMany(envelopes, { atomic: true })
  }

  /** Bytes of encoded records that the log has not confirmed yet. */
  get inFlightBytes(): number {
    return this.#producer.inFlightBytes
  }

  /** Resolves when the next event does not have to wait for room. */
  ready(): Promise<void> {
    return this.#producer.ready()
  }

  /** Sends what waits, and resolves when every call made so far has settled. It does not reject: the calls themselves do. */
  flush(): Promise<void> {
    return this.#producer.flush()
  }

  /** Rejects further calls, waits until all calls so far have settled, and closes the log. */
  close(): Promise<void> {
    this.#closed ??= this.#producer.close().then(() => this.#log.close())
    return this.#closed
  }
}

function accepted(position: Position): AppendVerdict {
  return { verdict: 'accepted', position }
}

function rejected(error: unknown): AppendVerdict {
  const { code, field = null, message, retryable } = asExperienceError(error)
  return { verdict: 'rejected', code, field, message, retryable }
}
