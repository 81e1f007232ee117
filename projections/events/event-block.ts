import { CORRELATION_ID, EVENT_ID, OCCURRED_AT, TENANT_ID } from '../../schemas/avro/printer/envelope-printer.ts'
import { contentDigestLatin1, DIGEST_BYTES } from '../../schemas/content-digest.ts'
import { instantOfMillis, parseInstant } from '../../schemas/instant.ts'
import type { ProjectionForm } from '../forms/form.ts'
import type { Position, TopicPartition } from '../../base/position.ts'
import { BlockBuilder, type NativeBlock } from '../native/block-builder.ts'
import { EnumBuffer, FixedBytesBuffer, Int32Buffer, Int64Buffer, SafeIntegerBuffer } from '../native/column-buffer.ts'
import { TextBuffer } from '../native/text-buffer.ts'
import { ColumnSink } from './column-sink.ts'
import { withinDateTime64 } from './date-time-64.ts'
import { DetailReader } from './detail-reader.ts'
import { EventKeys } from './event-keys.ts'

/** Where and when the log took an event. */
export interface LoggedAt extends Position {
  /** ms since the epoch */
  readonly timestamp: number
  /** Its place among what its producer appended in that ms. */
  readonly sequence: number
}

/** Rows of the table of events, and what tells them from others. */
export interface EventRows {
  readonly block: NativeBlock
  readonly keys: EventKeys
}

/**
 * Makes rows of events straight from their Avro bytes, with no objects in between: what `eventRow` says as an object
 * (docs/decisions/0015).
 */
export class EventBlock {
  readonly #builder: BlockBuilder<ProjectionForm['eventColumns']>
  readonly #details: DetailReader
  readonly #columns: ReturnType<typeof headColumns>
  /** Undefined where the table is of an earlier release. */
  readonly #sequence: Int32Buffer | undefined
  #keys = new EventKeys(0)
  #known: ReadonlySet<string> = new Set()
  #topic = Buffer.alloc(0)

  /** `columns` are those of the form that the table has. */
  constructor(form: ProjectionForm, columns: Partial<ProjectionForm['eventColumns']>) {
    this.#builder = new BlockBuilder(columns)
    this.#columns = headColumns(this.#builder)
    this.#sequence = columns.sequence === undefined ? undefined : this.#builder.column('sequence', Int32Buffer)
    this.#details = new DetailReader(form.eventDetails, (name) => {
      const buffer = this.#builder.buffer(name)
      return buffer === undefined ? null : new ColumnSink(buffer)
    })
  }

  /** Begins a block of up to `rows` events, without those whose digests (text of one byte a character) are known. */
  begin(rows: number, known: ReadonlySet<string>): void {
    this.#builder.begin(rows)
    this.#keys = new EventKeys(rows)
    this.#known = known
  }

  /** The events that are added next are of this partition. */
  beginPartition(partition: TopicPartition): void {
    this.#keys.begin(partition)
    this.#topic = Buffer.from(partition.topic)
  }

  /** Reads the event whose Avro body begins at `at`. Throws `UNUSUAL` for what `EnvelopePrinter` leaves to others. */
  read(bytes: Uint8Array, at: number): void {
    this.#details.printer.read(bytes, at)
  }

  /** The tenant of the event that was read last. */
  get tenantId(): string | null {
    return this.#details.printer.text(TENANT_ID)
  }

  /** When the event that was read last happened, by its text (ns since the epoch); null if that is no time. */
  get instant(): bigint | null {
    return parseInstant(this.#details.printer.text(OCCURRED_AT)!)
  }

  /** Takes the event that was read last as the next row, unless there is an equal one. */
  add(place: LoggedAt, instant: bigint | null): void {
    const { printer } = this.#details
    const { json } = printer
    const digest = contentDigestLatin1(json.buffer.subarray(0, json.length))
    // Asked of an empty set, each digest would be hashed all the same.
    if (this.#known.size > 0 && this.#known.has(digest)) return
    const keys = this.#keys
    const row = keys.rows
    const stored = withinDateTime64(instant ?? instantOfMillis(place.timestamp))
    if (!keys.add(digest, stored, place.offset)) return
    if (instant === null) keys.undated.set(row, printer.text(EVENT_ID)!)
    if (keys.latest.from === row) keys.latest.tenantId = this.tenantId ?? ''

    this.#builder.nextRow()
    const columns = this.#columns
    this.#copy(TENANT_ID, columns.tenant_id, row)
    columns.instant.set(row, stored)
    columns.instant_source.set(row, instant === null ? 'log' : 'text')
    this.#copy(EVENT_ID, columns.event_id, row)
    this.#copy(OCCURRED_AT, columns.occurred_at, row)
    this.#copy(CORRELATION_ID, columns.correlation_id, row)
    columns.kind.set(row, printer.kind)
    columns.digest.setBytes(row, keys.digests, row * DIGEST_BYTES)
    columns.topic.setBytes(row, this.#topic, 0, this.#topic.length)
    columns.partition.set(row, place.partition)
    columns.offset.set(row, place.offset)
    columns.logged_at.set(row, place.timestamp)
    this.#sequence?.set(row, place.sequence)
    const [start, end] = printer.payload
    columns.payload.setBytes(row, json.buffer, start, end)
    this.#details.give(row)
  }

  finish(): EventRows {
    return { block: this.#builder.finish(), keys: this.#keys }
  }

  #copy(slot: number, column: TextBuffer, row: number): void {
    const { slots, source } = this.#details.printer
    if (slots.present[slot] === 1) column.setBytes(row, source, slots.first[slot]!, slots.second[slot]!)
  }
}

/** The columns that every event has, which every table of events has had from the first. */
function headColumns(builder: BlockBuilder<ProjectionForm['eventColumns']>) {
  return {
    tenant_id: builder.column('tenant_id', TextBuffer),
    instant: builder.column('instant', Int64Buffer),
    instant_source: builder.column('instant_source', EnumBuffer),
    event_id: builder.column('event_id', TextBuffer),
    occurred_at: builder.column('occurred_at', TextBuffer),
    correlation_id: builder.column('correlation_id', TextBuffer),
    kind: builder.column('kind', EnumBuffer),
    digest: builder.column('digest', FixedBytesBuffer),
    topic: builder.column('topic', TextBuffer),
    partition: builder.column('partition', Int32Buffer),
    offset: builder.column('offset', Int64Buffer),
    logged_at: builder.column('logged_at', SafeIntegerBuffer),
    payload: builder.column('payload', TextBuffer),
  }
}
