import { ENVELOPE_SUBJECT, envelopeAvroSchema } from '../schemas/avro/avro-schema.ts'
import { envelopeToAvro } from '../schemas/avro/envelope-avro.ts'
import { frame } from '../schemas/avro/wire-format.ts'
import type { ExperienceEventEnvelope } from '../schemas/contract/envelope.ts'
import { chainIdOf } from '../schemas/contract/event-kind.ts'
import { ExperienceError } from '../schemas/experience-error.ts'
import type { AppendRequest } from '../log/event-log.ts'
import type { SchemaId, SchemaRegistry } from '../log/schema-registry.ts'
import type { TenantTopics } from '../log/tenant-topics.ts'

/** Header that names the event's kind, by its word on the wire. */
export const KIND_HEADER = 'kind'
/** Header that holds the event's id. */
export const EVENT_ID_HEADER = 'event_id'

/** Tenants whose topic is remembered: finding it takes longer than the rest of a record's head. */
const REMEMBERED_TENANTS = 10_000

export interface EventEncoderOptions {
  readonly registry: SchemaRegistry
  readonly topics: TenantTopics
  /** The present time, ms since the epoch: the timestamp of records. Default: `Date.now`. */
  readonly clock?: () => number
}

/**
 * The key of an event's record: its correlation id, else its chain id, else its event id, so that a run keeps its order and a
 * repeated append lands on the same partition. An empty chain id is a chain id like any other.
 */
export const keyOf = (envelope: ExperienceEventEnvelope): string =>
  envelope.correlation_id ?? chainIdOf(envelope.event) ?? envelope.event_id

/** Turns valid envelopes into records of their tenants' topics: Avro in the Confluent wire format. */
export class EventEncoder {
  readonly #schemaId: SchemaId
  readonly #topics: TenantTopics
  readonly #clock: () => number
  readonly #topicOfTenant = new Map<string | null, string>()

  private constructor(schemaId: SchemaId, { topics, clock = Date.now }: EventEncoderOptions) {
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

  /** The record of a valid envelope. Error: `InvalidQuery` (field `event`) for one that does not fit the schema after all. */
  encode(envelope: ExperienceEventEnvelope): AppendRequest {
    return {
      topic: this.topicOf(envelope.tenant_id),
      record: {
        key: keyOf(envelope),
        value: frame(this.#schemaId, this.#body(envelope)),
        headers: { [KIND_HEADER]: envelope.event.type, [EVENT_ID_HEADER]: envelope.event_id },
        timestamp: this.#clock(),
      },
    }
  }

  #body(envelope: ExperienceEventEnvelope): Buffer {
    try {
      return envelopeToAvro(envelope)
    } catch (cause) {
      throw new ExperienceError('InvalidQuery', 'event: does not fit the Avro schema', { field: 'event', cause })
    }
  }
}
