import type { EventLog, RecordBatch } from '../log/event-log.ts'
import type { TenantTopics } from '../log/tenant-topics.ts'
import { deleteLaterCopies } from '../projections/events/delete-later-copies.ts'
import { nearRows, storedCopies } from '../projections/events/stored-copies.ts'
import { currentForm, type ProjectionForm } from '../projections/forms/form.ts'
import { writableColumns, type WritableColumns } from '../projections/generations/generation-columns.ts'
import type { Generation } from '../projections/generations/generation.ts'
import { insertRange } from '../projections/insert-range.ts'
import { BlockBuilder } from '../projections/native/block-builder.ts'
import type { ReadModelStore } from '../projections/read-model-store.ts'
import { appendDeadLetters } from './dead-letters/append-dead-letters.ts'
import type { ShareLimit } from './dead-letters/share-limit.ts'
import { tooManyDeadLetters } from './dead-letters/too-many-dead-letters.ts'
import type { EnvelopeDecoders } from './envelope-decoders.ts'
import { RangeDecoder } from './range-decoder.ts'
import type { BadRecord } from './read-record.ts'
import type { Selection } from './selection.ts'

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

/** Read, deduplicate, insert; records that are no events go to the tenant's dead letters, and the projection goes on. */
export function rangeProjection(parts: ProjectionParts): RangeProjection {
  const { store, generation, topics, selection, form = currentForm } = parts
  const idle: RangeBuilders[] = []
  let writable: WritableColumns | null = null

  return async (range, options) => {
    writable ??= await writableColumns(store, generation, form)
    const builders = idle.pop() ?? {
      reader: new RangeDecoder(form, writable.events, topics, selection),
      deadLetters: new BlockBuilder<ProjectionForm['deadLetterColumns']>(writable.deadLetters),
      room: 0,
    }
    builders.room = Math.max(builders.room, range.records.length)
    // After a failure the store may still be sending what they hold.
    await projectWith(builders, parts, range, options)
    // Those of a backlog are too large to be kept for what trickles in after it.
    if (builders.room <= ROOM_TO_SPARE * range.records.length) idle.push(builders)
  }
}

/** What makes the blocks of a range. Blocks lie in their memory, so that each belongs to one range at a time. */
interface RangeBuilders {
  readonly reader: RangeDecoder
  readonly deadLetters: BlockBuilder<ProjectionForm['deadLetterColumns']>
  /** Records of the largest range so far. */
  room: number
}

const ROOM_TO_SPARE = 8

async function projectWith(
  { reader, deadLetters }: RangeBuilders,
  parts: ProjectionParts,
  range: RecordBatch,
  { isRepeated, hasSiblings }: RangeOptions,
): Promise<void> {
  const { log, topics, decoders, store, generation, limit, form = currentForm } = parts
  const appendBad = parts.appendBad ?? ((records: readonly BadRecord[]) => appendDeadLetters(log, topics, records))
  const token = deduplicationToken(generation, range)
  const found = await decoders.findFor(range.records)
  const { events: read, bad } = reader.read(range, found, NONE)
  const exceeded = limit?.take(range, bad) ?? null
  if (exceeded !== null) throw tooManyDeadLetters(exceeded)
  const [firstBad, lastBad] = [bad[0], bad.at(-1)]
  if (firstBad !== undefined && lastBad !== undefined) {
    await appendBad(bad)
    deadLetters.begin(bad.length)
    for (const each of bad) deadLetters.add(form.deadLetterRow(each, topics))
    await insertRange(store, {
      table: generation.deadLettersTable,
      block: deadLetters.finish(),
      first: firstBad.record,
      lastOffset: lastBad.record.offset,
      token,
      // Its primary key begins with the topic.
      near: { condition: 'true', params: {} },
      isRepeated,
    })
  }
  const copies = await storedCopies(store, generation.eventsTable, read.keys)
  const known = new Set(copies.map(({ digest }) => Buffer.from(digest, 'hex').toString('latin1')))
  // Copies are rare: where there are some, the range is read once more without them.
  const unknown = known.size === 0 ? read : reader.read(range, found, known).events
  if (unknown.first !== null) {
    await insertRange(store, {
      table: generation.eventsTable,
      block: unknown.block,
      first: unknown.first,
      lastOffset: unknown.lastOffset,
      token,
      near: nearRows(unknown.keys),
      isRepeated,
    })
  }
  // What a repeated range has stored before may not have been looked at.
  if (hasSiblings) {
    await deleteLaterCopies(store, generation.eventsTable, range, isRepeated ? read.keys : unknown.keys)
  }
}

const NONE: ReadonlySet<string> = new Set()

/**
 * Names a range of the log in one generation: equal ranges are inserted once. The times of its first and last record tell a
 * topic from one of the same name that was deleted and made anew, whose ranges would else be taken for known ones and lost.
 */
function deduplicationToken(generation: Generation, { topic, partition, first, next, records }: RecordBatch): string {
  const times = `${records[0]?.timestamp}-${records.at(-1)?.timestamp}`
  return `${generation.id}:${topic}:${partition}:${first}:${next - 1n}:${times}`
}
