import type { RecordBatch, StoredRecord } from '../log/event-log.ts'
import type { TenantTopics } from '../log/tenant-topics.ts'
import { EventBlock, type EventRows } from '../projections/events/event-block.ts'
import type { ProjectionForm } from '../projections/forms/form.ts'
import { UNUSUAL } from '../schemas/avro/printer/avro-cursor.ts'
import { envelopeToAvro } from '../schemas/avro/codec/envelope-avro.ts'
import { instantOfMillis } from '../schemas/instant.ts'
import { FRAME_BYTES, schemaIdOf } from '../schemas/avro/wire-format.ts'
import type { FoundDecoders } from './envelope-decoders.ts'
import { readRecord, type BadRecord } from './read-record.ts'
import type { Selection } from './selection.ts'

/** What a range of the log becomes. */
export interface DecodedRange {
  readonly events: EventRows
  readonly bad: readonly BadRecord[]
}

/** Makes rows of a range of the log, each event once. Records that are no events are set apart. */
export class RangeDecoder {
  readonly #topics: TenantTopics
  readonly #selection: Selection | undefined
  readonly #block: EventBlock
  /** The topic of the tenant that was met last. */
  #tenantId: string | null | undefined
  #topicOfTenant = ''

  constructor(
    form: ProjectionForm,
    columns: Partial<ProjectionForm['eventColumns']>,
    topics: TenantTopics,
    selection: Selection | undefined,
  ) {
    this.#block = new EventBlock(form, columns)
    this.#topics = topics
    this.#selection = selection
  }

  /** Events whose digests are `known` (text of one byte a character) are left out. */
  read({ topic, records }: RecordBatch, decoders: FoundDecoders, known: ReadonlySet<string>): DecodedRange {
    this.#block.begin(topic, records.length, known)
    const bad: BadRecord[] = []
    for (const record of records) {
      if (!this.#readFast(record, decoders)) {
        const read = readRecord(record, decoders, this.#topics)
        if (read.kind === 'bad') {
          if (this.#selection?.takesDeadLetter(read) !== false) bad.push(read)
          continue
        }
        // What it says in this release's schema is never unusual.
        this.#block.read(envelopeToAvro(read.event.envelope), 0)
      }
      this.#take(record)
    }
    return { events: this.#block.finish(), bad }
  }

  /** Reads a record of this release's schema that has nothing unusual; answers false for any other. */
  #readFast(record: StoredRecord, decoders: FoundDecoders): boolean {
    const { value, topic } = record
    const schemaId = value === null ? null : schemaIdOf(value)
    if (value === null || schemaId === null || !decoders.isPresent(schemaId)) return false
    try {
      this.#block.read(value, FRAME_BYTES)
    } catch (error) {
      if (error !== UNUSUAL) throw error
      return false
    }
    const { tenantId } = this.#block
    if (tenantId !== this.#tenantId) {
      this.#tenantId = tenantId
      this.#topicOfTenant = this.#topics.topic('events', tenantId)
    }
    return this.#topicOfTenant === topic
  }

  #take(record: StoredRecord): void {
    const { instant } = this.#block
    if (this.#selection !== undefined) {
      const { topic, partition, offset, timestamp } = record
      const at = { topic, partition, offset, instant: instant ?? instantOfMillis(timestamp) }
      if (!this.#selection.takesEvent(at)) return
    }
    this.#block.add(record, instant)
  }
}
