import type { EventLog, RecordBatch, StoredRecord } from '../log/event-log.ts'
import type { TenantTopics } from '../log/tenant-topics.ts'
import { deadLetterRow } from '../projections/dead-letters/dead-letter-row.ts'
import { deadLetterColumns } from '../projections/dead-letters/dead-letter-columns.ts'
import { eventColumns, type EventRow } from '../projections/events/event-columns.ts'
import { eventRow } from '../projections/events/event-row.ts'
import { knownDigestsIn } from '../projections/events/known-digests.ts'
import type { Generation } from '../projections/generation.ts'
import type { ReadModelStore } from '../projections/read-model-store.ts'
import { RowEncoder, type Columns, type RowOf } from '../projections/table-columns.ts'
import { schemaIdOf } from '../schemas/avro/wire-format.ts'
import { appendDeadLetters } from './dead-letters/append-dead-letters.ts'
import type { ShareLimit } from './dead-letters/share-limit.ts'
import { tooManyDeadLetters } from './dead-letters/too-many-dead-letters.ts'
import { dropDuplicates } from './drop-duplicates.ts'
import type { EnvelopeDecoders } from './envelope-decoders.ts'
import { readRecord, type BadRecord } from './read-record.ts'

/**
 * Brings a range of one partition into the read model. May be called again with the same range: it then changes nothing.
 * Errors: `TooManyDeadLetters` (nothing of the range is written then), `Unavailable`, `StorageError`.
 */
export type RangeProjection = (range: RecordBatch) => Promise<void>

export interface ProjectionParts {
  readonly log: EventLog
  readonly topics: TenantTopics
  readonly decoders: EnvelopeDecoders
  readonly store: ReadModelStore
  readonly generation: Generation
  /** Above which share of bad records to stop. Default: none. */
  readonly limit?: ShareLimit
}

/** Read, deduplicate, insert; records that are no events go to the tenant's dead letters, and the projection goes on. */
export function rangeProjection({ log, topics, decoders, store, generation, limit }: ProjectionParts): RangeProjection {
  const knownDigests = knownDigestsIn(store, generation.eventsTable)

  async function insert<C extends Columns>(
    range: RecordBatch,
    table: string,
    columns: C,
    rows: readonly RowOf<C>[],
  ): Promise<void> {
    if (rows.length === 0) return
    const encoder = new RowEncoder(columns)
    for (const row of rows) encoder.add(row)
    await store.insert({
      table,
      columns: encoder.columns,
      rowBinary: encoder.finish(),
      deduplicationToken: deduplicationToken(generation, range),
    })
  }

  return async (range) => {
    const rows: EventRow[] = []
    const bad: BadRecord[] = []
    const found = await decoders.findAll(schemaIdsOf(range.records))
    for (const record of range.records) {
      const read = await readRecord(record, found, topics)
      if (read.kind === 'event') rows.push(eventRow(read.event))
      else bad.push(read)
    }
    const exceeded = limit?.take(range, bad) ?? null
    if (exceeded !== null) throw tooManyDeadLetters(exceeded)
    if (bad.length > 0) {
      await appendDeadLetters(log, topics, bad)
      await insert(
        range,
        generation.deadLettersTable,
        deadLetterColumns,
        bad.map((each) => deadLetterRow(each, topics)),
      )
    }
    await insert(range, generation.eventsTable, eventColumns, await dropDuplicates(rows, knownDigests))
  }
}

function schemaIdsOf(records: readonly StoredRecord[]): ReadonlySet<number> {
  const ids = new Set<number>()
  for (const { value } of records) {
    const id = value === null ? null : schemaIdOf(value)
    if (id !== null) ids.add(id)
  }
  return ids
}

/**
 * Names a range of the log in one generation: equal ranges are inserted once. The times of its first and last record tell a
 * topic from one of the same name that was deleted and made anew, whose ranges would else be taken for known ones and lost.
 */
function deduplicationToken(generation: Generation, { topic, partition, first, next, records }: RecordBatch): string {
  const times = `${records[0]?.timestamp}-${records.at(-1)?.timestamp}`
  return `${generation.id}:${topic}:${partition}:${first}:${next - 1n}:${times}`
}
