import type { EventLog, RecordBatch, StoredRecord } from '../log/event-log.ts'
import type { TenantTopics } from '../log/tenant-topics.ts'
import type { EventRow } from '../projections/events/event-columns.ts'
import { deleteLaterCopies } from '../projections/events/delete-later-copies.ts'
import type { LoggedEvent } from '../projections/events/event-row.ts'
import { copiesIn, nearRows } from '../projections/events/stored-copies.ts'
import { currentForm, type ProjectionForm } from '../projections/form.ts'
import { writableColumns, type WritableColumns } from '../projections/generation-columns.ts'
import type { Generation } from '../projections/generation.ts'
import { insertRange } from '../projections/insert-range.ts'
import type { ReadModelStore } from '../projections/read-model-store.ts'
import { schemaIdOf } from '../schemas/avro/wire-format.ts'
import { appendDeadLetters } from './dead-letters/append-dead-letters.ts'
import type { ShareLimit } from './dead-letters/share-limit.ts'
import { tooManyDeadLetters } from './dead-letters/too-many-dead-letters.ts'
import { dropDuplicates } from './drop-duplicates.ts'
import type { EnvelopeDecoders } from './envelope-decoders.ts'
import { readRecord, type BadRecord } from './read-record.ts'

/**
 * Brings a range of one partition into the read model. May be called again with the same range: it then changes nothing.
 * Errors: `TooManyDeadLetters` and `FormMismatch` (nothing of the range is written then), `Unavailable`, `StorageError`.
 */
export type RangeProjection = (range: RecordBatch, options: RangeOptions) => Promise<void>

export interface RangeOptions {
  /** Whether the range may have been inserted before: it failed, or an earlier owner of the partition had it under way. */
  readonly isRepeated: boolean
  /** Whether the topic has other partitions, whose ranges may be projected at the same moment, elsewhere too. */
  readonly hasSiblings: boolean
}

export interface ProjectionParts {
  readonly log: EventLog
  readonly topics: TenantTopics
  readonly decoders: EnvelopeDecoders
  readonly store: ReadModelStore
  readonly generation: Generation
  /** Above which share of bad records to stop. Default: none. */
  readonly limit?: ShareLimit
  /** What the tables take of the log. Default: everything. */
  readonly selection?: Selection
  /** Appends bad records to their dead-letter topics. Default: all that are bad, whether they are there already or not. */
  readonly appendBad?: (bad: readonly BadRecord[]) => Promise<void>
  /** What the records become. Default: the form of this release. */
  readonly form?: ProjectionForm
}

export interface Selection {
  takesEvent(event: LoggedEvent): boolean
  takesDeadLetter(bad: BadRecord): boolean
}

/** Read, deduplicate, insert; records that are no events go to the tenant's dead letters, and the projection goes on. */
export function rangeProjection(parts: ProjectionParts): RangeProjection {
  const { log, topics, decoders, store, generation, limit, selection, form = currentForm } = parts
  const appendBad = parts.appendBad ?? ((bad: readonly BadRecord[]) => appendDeadLetters(log, topics, bad))
  const findCopies = copiesIn(store, generation.eventsTable)
  let writable: WritableColumns | null = null

  return async (range, { isRepeated, hasSiblings }) => {
    writable ??= await writableColumns(store, generation, form)
    const token = deduplicationToken(generation, range)
    const rows: EventRow[] = []
    const bad: BadRecord[] = []
    const found = await decoders.findAll(schemaIdsOf(range.records))
    for (const record of range.records) {
      const read = await readRecord(record, found, topics)
      if (read.kind === 'bad') {
        if (selection?.takesDeadLetter(read) !== false) bad.push(read)
      } else if (selection?.takesEvent(read.event) !== false) {
        rows.push(form.eventRow(read.event))
      }
    }
    const exceeded = limit?.take(range, bad) ?? null
    if (exceeded !== null) throw tooManyDeadLetters(exceeded)
    if (bad.length > 0) {
      await appendBad(bad)
      await insertRange(store, {
        table: generation.deadLettersTable,
        columns: writable.deadLetters,
        rows: bad.map((each) => form.deadLetterRow(each, topics)),
        token,
        // Its primary key begins with the topic.
        near: { condition: 'true', params: {} },
        isRepeated,
      })
    }
    const unknown = await dropDuplicates(rows, findCopies)
    await insertRange(store, {
      table: generation.eventsTable,
      columns: writable.events,
      rows: unknown,
      token,
      near: nearRows(unknown),
      isRepeated,
    })
    // What a repeated range has stored before may not have been looked at.
    if (hasSiblings) await deleteLaterCopies(store, generation.eventsTable, isRepeated ? rows : unknown)
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
