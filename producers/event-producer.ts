import {
  parseEnvelope,
  type ExperienceEventEnvelope,
  type ExperienceEventEnvelopeInput,
} from '../schemas/contract/envelope.ts'
import { ExperienceError } from '../base/experience-error.ts'
import { NOBODY_LISTENS, type Observer } from '../base/observer.ts'
import type { Position } from '../base/position.ts'
import type { AppendRequest, EventLog } from '../log/event-log.ts'
import { asExperienceError, ListAppend, SingleAppend } from './append-call.ts'
import type { DecoderOf } from './avro-envelope.ts'
import { EachAppend, type EachAnswer } from './each-append.ts'
import type { EventEncoder } from './encode-event.ts'
import { Intake } from './intake.ts'
import { OpenCalls } from './open-calls.ts'

export interface EventProducerOptions {
  /**
   * How long an event may wait for others to share its append while an append is under way, ms. Where none is, and with 0, it
   * waits for the present turn of the event loop. Default: 2.
   */
  readonly lingerMs?: number
  /** Bytes of records after which an append goes out without waiting. Default: 1 MiB. */
  readonly batchBytes?: number
  /** Events after which an append goes out without waiting. Default: 5,000. */
  readonly batchCount?: number
  /**
   * Bytes of encoded records that may wait for the log's answer. A topic may hold as many as it leaves free, so a single one
   * at most half. Default: 64 MiB.
   */
  readonly maxInFlightBytes?: number
  /** Hears of appends. Default: nobody does. */
  readonly observer?: Observer
}

/** `validated` says that the envelopes come from `parseEnvelope` or `envelopeFromJson`, so that they are not checked again. */
export interface Validated {
  readonly validated: true
}

export interface Unvalidated {
  readonly validated?: false
}

/** Events as texts of JSON (UTF-8), or as records of Avro in the Confluent wire format. */
export type EncodedEvents =
  | { readonly form: 'json'; readonly list: readonly Uint8Array[] }
  | { readonly form: 'avro'; readonly list: readonly Uint8Array[]; readonly decoderOf: DecoderOf }

export interface ListOptions {
  /** Whether readers see all of the events or none. Default: false. */
  readonly atomic?: boolean
}

/**
 * The write side: validates events, encodes them, and appends them to their tenants' topics in shared batches.
 *
 * Events of a topic reach the log in the order of the calls. `maxInFlightBytes` bounds what the producer itself holds; when it
 * is reached, calls wait, and of each the producer keeps its envelopes only. Envelopes must not change while a call waits. A
 * call that rejects for another reason than `InvalidQuery` leaves open whether the log holds its events; the producer never
 * sends an event twice (the log's adapter retries what can be retried).
 */
export class EventProducer {
  readonly #encoder: EventEncoder
  readonly #intake: Intake
  /** The calls since the last flush, and the promise of all before. */
  #open = new OpenCalls()
  #before: Promise<unknown> = Promise.resolve()
  #flushes = 0
  #closed: Promise<void> | null = null

  /** A producer for the log. Closing it leaves the log open. Error: `InvalidSettings`. */
  constructor(log: EventLog, encoder: EventEncoder, options: EventProducerOptions = {}) {
    const { lingerMs = 2, batchBytes = 2 ** 20, batchCount = 5000, maxInFlightBytes = 2 ** 26 } = options
    const settings = { lingerMs, batchBytes, batchCount, maxInFlightBytes }
    checkSettings(settings)
    const { observer = NOBODY_LISTENS } = options
    this.#encoder = encoder
    this.#intake = new Intake(log, encoder, { ...settings, observer })
  }

  /** Bytes of encoded records that the log has not answered for. */
  get inFlightBytes(): number {
    return this.#intake.inFlightBytes
  }

  /**
   * Appends one event, and answers with its position once the log holds it. Errors: `InvalidQuery` (the event is invalid, or
   * too large: field `event`; nothing is sent), `Unavailable`, `StorageError`.
   */
  append(envelope: ExperienceEventEnvelope, options: Validated): Promise<Position>
  append(envelope: ExperienceEventEnvelopeInput, options?: Unvalidated): Promise<Position>
  append(input: ExperienceEventEnvelopeInput, { validated = false }: Validated | Unvalidated = {}): Promise<Position> {
    return new Promise((resolve, reject) => {
      this.checkOpen()
      const envelope = validated ? (input as ExperienceEventEnvelope) : parseEnvelope(input)
      this.#intake.add(new SingleAppend(resolve, reject, this.#open), 0, envelope)
    })
  }

  /**
   * As `append`, with the event as its JSON text (UTF-8): several times as fast as reading it first. Of a call that waits, the
   * producer keeps the encoded record.
   */
  appendJson(json: Uint8Array): Promise<Position> {
    return new Promise((resolve, reject) => {
      this.checkOpen()
      const request = this.#encoder.encodeJson(json)
      this.#intake.addEncoded(new SingleAppend(resolve, reject, this.#open), 0, request)
    })
  }

  /**
   * Appends each event of a list that is valid, and tells of each what became of it: nothing waits for a promise. With a `tenant` they must
   * be that tenant's, and are made so where they name none. The bytes are free when it returns. Error: `Unavailable` (closed).
   */
  appendEach(events: EncodedEvents, tenant: string | null, answer: EachAnswer): void {
    this.checkOpen()
    const { form, list } = events
    const call = new EachAppend(list.length, answer, this.#open)
    // By index: a million times a second, `entries` shows.
    for (let place = 0; place < list.length; place++) {
      let request: AppendRequest
      try {
        request =
          form === 'json'
            ? this.#encoder.encodeJson(list[place]!, tenant)
            : this.#encoder.encodeAvro(list[place]!, tenant, events.decoderOf)
      } catch (error) {
        call.failed(place, asExperienceError(error))
        continue
      }
      this.#intake.addEncoded(call, place, request)
    }
  }

  /**
   * Appends a list of events, and answers with their positions in its order. The error names the event: `events[3]`.
   *
   * Without `atomic`, as if one by one: at the first fault it stops, and the events before stay. After a fault of the log, the
   * rest of the batch that failed may be stored too; of a list over several tenants, also what other topics had under way.
   * With `atomic`, readers see all events or none; all are validated, encoded and measured before any is sent.
   */
  appendMany(envelopes: readonly ExperienceEventEnvelope[], options: ListOptions & Validated): Promise<Position[]>
  appendMany(
    envelopes: readonly ExperienceEventEnvelopeInput[],
    options?: ListOptions & Unvalidated,
  ): Promise<Position[]>
  appendMany(
    inputs: readonly ExperienceEventEnvelopeInput[],
    { atomic = false, validated = false }: ListOptions & (Validated | Unvalidated) = {},
  ): Promise<Position[]> {
    return new Promise((resolve, reject) => {
      this.checkOpen()
      const { envelopes, fault } = validated
        ? { envelopes: inputs as readonly ExperienceEventEnvelope[], fault: null }
        : parseUntilFault(inputs)
      if (!atomic) {
        const call = new ListAppend(envelopes.length + (fault === null ? 0 : 1), resolve, reject, this.#open)
        for (const [index, envelope] of envelopes.entries()) this.#intake.add(call, index, envelope)
        if (fault !== null) call.failed(envelopes.length, fault)
      } else if (fault === null && envelopes.length > 0) {
        this.#intake.addAtomic(envelopes, resolve, reject, this.#open)
      } else {
        const call = new ListAppend(fault === null ? 0 : 1, resolve, reject, this.#open)
        if (fault !== null) call.failed(envelopes.length, fault)
      }
    })
  }

  /** Resolves when an event that comes next need not wait for room. */
  ready(): Promise<void> {
    return this.#intake.ready()
  }

  /** Sends what waits, and resolves when every call made so far is answered. Whether they failed, the calls themselves tell. */
  async flush(): Promise<void> {
    const open = this.#open
    this.#open = new OpenCalls()
    const drained = Promise.all([this.#before, open.drained()])
    this.#before = drained
    this.#flushes++
    this.#intake.isHurried = true
    this.#intake.sendReady()
    await drained
    this.#flushes--
    this.#intake.isHurried = this.#flushes > 0
  }

  /** Refuses further calls, and resolves when those made so far are answered. */
  close(): Promise<void> {
    this.#closed ??= this.flush()
    return this.#closed
  }

  /** Error: `Unavailable`, once it is closed. */
  checkOpen(): void {
    if (this.#closed === null) return
    throw new ExperienceError('Unavailable', 'the producer is closed', { retryable: false })
  }
}

/** Parses envelopes up to the first that is at fault. */
function parseUntilFault(inputs: readonly ExperienceEventEnvelopeInput[]): {
  readonly envelopes: ExperienceEventEnvelope[]
  readonly fault: ExperienceError | null
} {
  const envelopes: ExperienceEventEnvelope[] = []
  try {
    for (const input of inputs) envelopes.push(parseEnvelope(input))
    return { envelopes, fault: null }
  } catch (error) {
    return { envelopes, fault: asExperienceError(error) }
  }
}

function checkSettings(settings: Required<Omit<EventProducerOptions, 'observer'>>): void {
  const faults = Object.entries(settings)
    .filter(([name, value]) => !(value >= (name === 'lingerMs' ? 0 : 1) && value < Infinity))
    .map(([name, value]) => `producer.${name}: must be a positive number, not ${String(value)}`)
  if (faults.length > 0) throw new ExperienceError('InvalidSettings', faults.join('; '))
}
