import type { EventRows } from '../../projections/events/event-block.ts'
import type { StoredCopy } from '../../projections/events/stored-copies.ts'
import type { StoredRecord } from '../../log/record.ts'
import type { BadRecord } from '../read-record.ts'
import type { BatchDecoder } from './batch-decoder.ts'
import type { BatchRange } from './batch-range.ts'

/** Ranges as rows: what the read model takes of them. */
export interface ReadRanges {
  readonly ranges: readonly BatchRange[]
  /** Rows of all of them; `keys.partitions` are in the order of the ranges. The block is void once the reader reads again. */
  readonly events: EventRows
  /** By the ranges, those records that are no events. */
  readonly bad: ReadonlyMap<BatchRange, readonly BadRecord[]>
}

const NONE: ReadonlySet<string> = new Set()

/** Reads ranges, or some records of each, without the events whose digests are (text of one byte a character). */
export function readRanges(
  reader: BatchDecoder,
  ranges: readonly BatchRange[],
  known: ReadonlySet<string> = NONE,
  recordsOf: (range: BatchRange) => readonly StoredRecord[] = ({ batch }) => batch.records,
): ReadRanges {
  const { events, bad } = reader.read(
    ranges.map((range) => ({ ...range.batch, records: recordsOf(range), decoders: range.decoders })),
    known,
  )
  return { ranges, events, bad: new Map(ranges.map((range, index) => [range, bad[index]!])) }
}

/** Reads one record of a range, whatever is known of its event. */
export function readOne(reader: BatchDecoder, range: BatchRange, record: StoredRecord): EventRows {
  const { batch, decoders } = range
  return reader.read([{ ...batch, records: [record], decoders }], NONE).events
}

/** The digests of stored events, as the reader knows them. */
export function digestsOf(copies: readonly StoredCopy[]): ReadonlySet<string> {
  return new Set(copies.map(({ digest }) => Buffer.from(digest, 'hex').toString('latin1')))
}

/** The numbers of the rows that are of ranges which meet a condition. */
export function rowsOf({ ranges, events }: ReadRanges, meets: (range: BatchRange) => boolean): number[] {
  return events.keys.partitions.flatMap(({ from, to }, index) =>
    meets(ranges[index]!) ? Array.from({ length: to - from }, (_, row) => from + row) : [],
  )
}
