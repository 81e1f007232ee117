import type { StoredRecord } from '../../log/record.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import { EventBlock, type EventRows } from '../../projections/events/event-block.ts'
import type { ProjectionForm } from '../../projections/forms/form.ts'
import { UNUSUAL } from '../../schemas/avro/printer/avro-cursor.ts'
import { envelopeToAvro } from '../../schemas/avro/codec/envelope-avro.ts'
import { instantOfMillis } from '../../schemas/instant.ts'
import { FRAME_BYTES, schemaIdOf } from '../../schemas/avro/wire-format.ts'
import type { TopicPartition } from '../../base/position.ts'
import type { FoundDecoders } from '../envelope-decoders.ts'
import { readRecord, type BadRecord } from '../read-record.ts'
import type { Selection } from '../selection.ts'

/** Records of one partition, and what reads them. */
export interface EncodedRange extends TopicPartition {
  readonly records: readonly StoredRecord[]
  readonly decoders: FoundDecoders
}

/** What ranges of the log become. */
export interface DecodedBatch {
  /** Rows of all ranges, in their order: each event once. */
  readonly events: EventRows
  /** The records of each range, in the order of the ranges, that are no events. */
  readonly bad: readonly (readonly BadRecord[])[]
}

/** Makes rows of ranges of the log. Records that are no events are set apart. */
export class BatchDecoder {
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

  /**
   * Events whose digests are `known` (text of one byte a character) are left out. The block lies in this reader's memory, until it reads
   * again.
   */
  read(ranges: readonly EncodedRange[], known: ReadonlySet<string>): DecodedBatch {
    this.#block.begin(
      ranges.reduce((sum, { records }) => sum + records.length, 0),
      known,
    )
    const bad = ranges.map((range) => this.#readRange(range))
    return { events: this.#block.finish(), bad }
  }

  #readRange(range: EncodedRange): BadRecord[] {
    const { records, decoders } = range
    this.#block.beginPartition(range)
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
    return bad
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
