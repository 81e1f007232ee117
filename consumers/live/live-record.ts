import type { StoredRecord } from '../../log/record.ts'
import { KIND_HEADER } from '../../log/record-headers.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import type { LoggedEvent } from '../../projections/events/event-row.ts'
import type { ExperienceEventEnvelope } from '../../schemas/contract/envelope.ts'
import { envelopeToJson } from '../../schemas/json/envelope-json.ts'
import type { FoundDecoders } from '../envelope-decoders.ts'
import { loggedEvent, readEnvelope, type BadRecord, type EnvelopeRecord } from '../read-record.ts'
import type { ItemContent } from '../subscription/items.ts'

/** A record that many readers may be handed: it is decoded and printed once, when the first of them wants it. */
export class LiveRecord {
  readonly stored: StoredRecord
  readonly #decoders: FoundDecoders
  readonly #topics: TenantTopics
  #read: EnvelopeRecord | BadRecord | null = null
  #event: LoggedEvent | null = null
  #json: string | null = null

  constructor(stored: StoredRecord, decoders: FoundDecoders, topics: TenantTopics) {
    this.stored = stored
    this.#decoders = decoders
    this.#topics = topics
  }

  /** The kind as the record's header says it, before anything is decoded. A foreign producer may have written none. */
  get kindTold(): string | undefined {
    return this.stored.headers[KIND_HEADER]
  }

  /** As the read model says it; null for a record that is not an event. */
  get event(): LoggedEvent | null {
    const { envelope } = this
    return envelope === null ? null : (this.#event ??= loggedEvent(envelope, this.stored))
  }

  /** Null for a record that is not an event. */
  get envelope(): ExperienceEventEnvelope | null {
    this.#read ??= readEnvelope(this.stored, this.#decoders, this.#topics)
    return this.#read.kind === 'envelope' ? this.#read.envelope : null
  }

  /** The envelope as the reference prints it; null for a record that is not an event. */
  get json(): string | null {
    const { envelope } = this
    return envelope === null ? null : (this.#json ??= envelopeToJson(envelope))
  }

  get content(): ItemContent {
    const { topic, partition, offset, timestamp: loggedAt } = this.stored
    const position = { topic, partition, offset }
    const { envelope } = this
    if (envelope !== null) return { type: 'event', position, loggedAt, envelope }
    const { reason, field, message } = this.#read as BadRecord
    return { type: 'bad-record', position, loggedAt, reason, field, message }
  }
}
