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
   * `InvalidQuery`: the event is at fault, and was not sent; `field` names where. Any other code: the log failed, and may or may not
   * hold the event; append it again, it counts once.
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
 * The write side alone, for agents that only emit: it opens the log and the registry, and neither ClickHouse nor chDB. Any number
 * of processes may append to the same log, embedded or Kafka, beside a projector.
 *
 * Events that are appended while an append is under way share the next one, and wait for it `PRODUCER_LINGER_MS` at most; an idle log
 * takes an event at once. Events of a tenant keep the order of the calls. When `PRODUCER_MAX_IN_FLIGHT_BYTES` wait for the log's
 * answer, further calls wait for room: who awaits each call, or `ready`, holds bounded memory.
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

  /** Appends an event. When it resolves, the event is durable at that position. */
  append(envelope: ExperienceEventEnvelopeInput): Promise<Position> {
    return this.#producer.append(envelope)
  }

  /** As `append`, of an event's JSON text (as bytes: UTF-8), several times as fast as reading it first. */
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

  /** Appends all events, so that readers see all of them or none, over any tenants. The error names the event: `events[3].event_id`. */
  appendAtomic(envelopes: readonly ExperienceEventEnvelopeInput[]): Promise<Position[]> {
    return this.#producer.appendMany(envelopes, { atomic: true })
  }

  /** Bytes of encoded records that the log has not answered for. */
  get inFlightBytes(): number {
    return this.#producer.inFlightBytes
  }

  /** Resolves when an event that is appended next need not wait for room. */
  ready(): Promise<void> {
    return this.#producer.ready()
  }

  /** Sends what waits, and resolves when every call made so far is answered. Whether they failed, the calls themselves tell. */
  flush(): Promise<void> {
    return this.#producer.flush()
  }

  /** Refuses further calls, waits until those made so far are answered, and lets go of the log. */
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
