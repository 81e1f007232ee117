import type { EventLog, RecordBatch } from '../log/event-log.ts'
import type { TenantTopics } from '../log/tenant-topics.ts'
import { currentForm, type ProjectionForm } from '../projections/forms/form.ts'
import { writableColumns, type WritableColumns } from '../projections/generations/generation-columns.ts'
import type { Generation } from '../projections/generations/generation.ts'
import { BlockBuilder } from '../projections/native/block-builder.ts'
import type { ReadModelStore } from '../projections/read-model-store.ts'
import { appendDeadLetters } from './dead-letters/append-dead-letters.ts'
import type { DeadLetterLimit } from './dead-letters/dead-letter-limit.ts'
import { insertDeadLetters } from './dead-letters/insert-dead-letters.ts'
import type { EnvelopeDecoders } from './envelope-decoders.ts'
import { insertEvents } from './insert-events.ts'
import { RangeDecoder } from './range-decoder.ts'
import type { BadRecord } from './read-record.ts'
import type { Selection } from './selection.ts'

/**
 * Brings a range of one partition into the read model. May be called again with the same range: it then changes nothing.
 * Errors: `TopicHeld`, `TooManyDeadLetters` and `FormMismatch` (nothing of the range is written then), `Unavailable`, `StorageError`.
 */
export type RangeProjection = (range: RecordBatch, options: RangeOptions) => Promise<void>

export interface RangeOptions {
  /** Names the insert, as the intent does; null for an intent of the release before, whose tokens end with the range's times. */
  readonly name: string | null
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
  /** Above which share of bad records to hold a topic. Default: none. */
  readonly limit?: DeadLetterLimit
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
  { name, isRepeated, hasSiblings }: RangeOptions,
): Promise<void> {
  const { log, topics, decoders, store, generation, limit, form = currentForm } = parts
  const appendBad = parts.appendBad ?? ((records: readonly BadRecord[]) => appendDeadLetters(log, topics, records))
  const token = deduplicationToken(generation, range, name)
  const found = await decoders.findFor(range.records)
  const { events, bad } = reader.read(range, found, NONE)
  const counted = await limit?.judge(range, bad)
  if (bad.length > 0) {
    await appendBad(bad)
    deadLetters.begin(bad.length)
    for (const each of bad) deadLetters.add(form.deadLetterRow(each, topics))
    const block = deadLetters.finish()
    await insertDeadLetters(store, generation.deadLettersTable, { bad, block, token, isRepeated })
  }
  await insertEvents(store, generation.eventsTable, {
    range,
    read: events,
    reread: (records, known) => reader.read({ ...range, records }, found, known).events,
    token,
    isRepeated,
    hasSiblings,
  })
  if (counted !== undefined) limit?.count(counted)
}

const NONE: ReadonlySet<string> = new Set()

/**
 * Names an insert of a generation, for the server's own records too. What tells it from every other is the name; intents of the
 * release before have none, and the times of the range's first and last record instead.
 */
function deduplicationToken({ id }: Generation, range: RecordBatch, name: string | null): string {
  const { topic, partition, first, next, records } = range
  const last = name ?? `${records[0]?.timestamp}-${records.at(-1)?.timestamp}`
  return `${id}:${topic}:${partition}:${first}:${next - 1n}:${last}`
}
