import type { StoredRecord } from '../../log/record.ts'
import { KIND_HEADER } from '../../log/record-headers.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import type { LoggedEvent } from '../../projections/events/event-row.ts'
import { envelopeToJson } from '../../schemas/json/envelope-json.ts'
import type { FoundDecoders } from '../envelope-decoders.ts'
import { readRecord, type BadRecord, type GoodRecord } from '../read-record.ts'
import type { ItemContent } from '../subscription/items.ts'

/** A record that many readers may be handed: it is decoded and printed once, when the first of them wants it. */
export class LiveRecord {
  readonly stored: StoredRecord
  readonly #decoders: FoundDecoders
  readonly #topics: TenantTopics
  #read: GoodRecord | BadRecord | null = null
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

  /** Null for a record that is not an event. */
  get event(): LoggedEvent | null {
    this.#read ??= readRecord(this.stored, this.#decoders, this.#topics)
    return this.#read.kind === 'event' ? this.#read.event : null
  }

  /** The envelope as the reference prints it; null for a record that is not an event. */
  get json(): string | null {
    const { event } = this
    return event === null ? null : (this.#json ??= envelopeToJson(event.envelope))
  }

  get content(): ItemContent {
    const { topic, partition, offset, timestamp: loggedAt } = this.stored
    const position = { topic, partition, offset }
    const { event } = this
    if (event !== null) return { type: 'event', position, loggedAt, envelope: event.envelope }
    const { reason, field, message } = this.#read as BadRecord
    return { type: 'bad-record', position, loggedAt, reason, field, message }
  }
}
