import { ENVELOPE_SUBJECT, envelopeAvroSchema } from '../schemas/avro/schema/avro-schema.ts'
import { envelopeToAvro } from '../schemas/avro/codec/envelope-avro.ts'
import { FRAME_BYTES, schemaIdOf, writeFrame } from '../schemas/avro/wire-format.ts'
import type { ExperienceEventEnvelope } from '../schemas/contract/envelope.ts'
import { chainIdOf } from '../schemas/contract/event-kind.ts'
import { ExperienceError } from '../base/experience-error.ts'
import { decodeUtf8 } from '../schemas/json/decode-utf8.ts'
import { envelopeFromJson } from '../schemas/json/envelope-json.ts'
import { transcribeEnvelope } from '../schemas/transcode/envelope-transcriber.ts'
import type { AppendRequest } from '../log/event-log.ts'
import type { LogRecord } from '../log/record.ts'
import { EVENT_ID_HEADER, KIND_HEADER, SEQUENCE_HEADER } from '../log/record-headers.ts'
import type { SchemaId, SchemaRegistry } from '../log/schema-registry.ts'
import type { TenantTopics } from '../log/tenant-topics.ts'
import { envelopeFromAvro, notFramed, presentDecoder, type DecoderOf } from './avro-envelope.ts'
import { ForeignTenant, ofTenant } from './of-tenant.ts'
import { RecordCheck, type RecordHead } from './record-check.ts'
import { processClock, type AppendClock, type Stamp } from './append-clock.ts'

/** Tenants whose topic is remembered: finding it takes longer than the rest of a record's head. */
const REMEMBERED_TENANTS = 10_000

export interface EventEncoderOptions {
  readonly registry: SchemaRegistry
  readonly topics: TenantTopics
  /** Stamps records. Default: the clock of this process. */
  readonly clock?: AppendClock
}

/**
 * The key of an event's record: its correlation id, else its chain id, else its event id, so that a run keeps its order and a
 * repeated append lands on the same partition. An empty chain id is a chain id like any other.
 */
function keyOf(envelope: ExperienceEventEnvelope): string {
  return envelope.correlation_id ?? chainIdOf(envelope.event) ?? envelope.event_id
}

/** Turns valid envelopes into records of their tenants' topics: Avro in the Confluent wire format. */
export class EventEncoder {
  readonly #schemaId: SchemaId
  readonly #topics: TenantTopics
  readonly #clock: AppendClock
  readonly #topicOfTenant = new Map<string | null, string>()
  readonly #records = new RecordCheck()

  private constructor(schemaId: SchemaId, { topics, clock = processClock }: EventEncoderOptions) {
    this.#schemaId = schemaId
    this.#topics = topics
    this.#clock = clock
  }

  /** An encoder that writes with the envelope's schema, registered if it was not. Errors: those of `SchemaRegistry.register`. */
  static async create(options: EventEncoderOptions): Promise<EventEncoder> {
    const schemaId = await options.registry.register(ENVELOPE_SUBJECT, JSON.stringify(envelopeAvroSchema))
    return new EventEncoder(schemaId, options)
  }

  /** The topic that the tenant's events go to; null for events without tenant. */
  topicOf(tenantId: string | null): string {
    const known = this.#topicOfTenant.get(tenantId)
    if (known !== undefined) return known
    const topic = this.#topics.topic('events', tenantId)
    if (this.#topicOfTenant.size >= REMEMBERED_TENANTS) this.#topicOfTenant.clear()
    this.#topicOfTenant.set(tenantId, topic)
    return topic
  }

  /** The stamp of an event that is appended to the topic now. */
  stamp(topic: string): Stamp {
    return this.#clock.stamp(topic)
  }

  /** Whether a stamp of that time is too old to say when the log took the event. */
  isLate(timestamp: number): boolean {
    return this.#clock.isLate(timestamp)
  }

  /** The same record of ours, appended now. */
  stampAnew({ topic, record }: AppendRequest): AppendRequest {
    const { timestamp, sequence } = this.stamp(topic)
    const headers = headersOf(record.headers[KIND_HEADER]!, record.headers[EVENT_ID_HEADER]!, sequence)
    return { topic, record: { ...record, headers, timestamp } }
  }

  /**
   * The record of a valid envelope, appended now or with the stamp given. Error: `InvalidQuery` (field `event`) for one that does
   * not fit the schema after all.
   */
  encode(envelope: ExperienceEventEnvelope, stamp?: Stamp): AppendRequest {
    const { tenant_id, event_id, event } = envelope
    return this.#request({ tenant_id, key: keyOf(envelope), kind: event.type, event_id }, this.#bytes(envelope), stamp)
  }

  /**
   * The record of an envelope's JSON text (UTF-8), which is checked. With a `tenant` it must be that tenant's, and is made so where
   * it names none. Errors: `InvalidQuery` naming the field; `ForeignTenant`.
   */
  encodeJson(json: Uint8Array, tenant: string | null = null): AppendRequest {
    const transcribed = transcribeEnvelope(json, FRAME_BYTES, tenant)
    if (transcribed === null) return this.encode(ofTenant(envelopeFromJson(decodeUtf8(json)), tenant))
    const { tenant_id, event_id, correlation_id, chain_id, kind, bytes } = transcribed
    if (tenant !== null && tenant_id !== tenant) throw new ForeignTenant()
    return this.#request({ tenant_id, key: correlation_id ?? chain_id ?? event_id, kind, event_id }, bytes)
  }

  /**
   * As `encodeJson`, for an envelope in Avro, in the Confluent wire format. One of the schema that this encoder writes with goes to the
   * log as it came, checked; others are read by what `decoderOf` has for their schema's id, and written anew.
   */
  encodeAvro(framed: Uint8Array, tenant: string | null, decoderOf: DecoderOf): AppendRequest {
    const schemaId = schemaIdOf(framed)
    if (schemaId === null) throw notFramed()
    const checked = schemaId === this.#schemaId ? this.#records.check(framed, tenant) : null
    if (checked === null) {
      const decode = schemaId === this.#schemaId ? presentDecoder() : decoderOf(schemaId)
      return this.encode(ofTenant(envelopeFromAvro(framed, schemaId, decode), tenant))
    }
    if (tenant !== null && checked.tenant_id !== tenant) throw new ForeignTenant()
    return this.#request(checked, checked.bytes)
  }

  #request({ tenant_id, key, kind, event_id }: RecordHead, bytes: Buffer, stamp?: Stamp): AppendRequest {
    const topic = this.topicOf(tenant_id)
    const { timestamp, sequence } = stamp ?? this.stamp(topic)
    return {
      topic,
      record: {
        key,
        value: writeFrame(this.#schemaId, bytes),
        headers: headersOf(kind, event_id, sequence),
        timestamp,
      },
    }
  }

  /** The body, behind room for its frame. */
  #bytes(envelope: ExperienceEventEnvelope): Buffer {
    try {
      return envelopeToAvro(envelope, FRAME_BYTES)
    } catch (cause) {
      throw new ExperienceError('InvalidQuery', 'event: does not fit the Avro schema', { field: 'event', cause })
    }
  }
}

/** Two literals: adding a property to one takes a hundred times as long. */
function headersOf(kind: string, eventId: string, sequence: number): LogRecord['headers'] {
  return sequence === 0
    ? { [KIND_HEADER]: kind, [EVENT_ID_HEADER]: eventId }
    : { [KIND_HEADER]: kind, [EVENT_ID_HEADER]: eventId, [SEQUENCE_HEADER]: String(sequence) }
}
