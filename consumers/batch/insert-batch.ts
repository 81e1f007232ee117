import { ExperienceError } from '../../base/experience-error.ts'
import type { EventRows } from '../../projections/events/event-block.ts'
import type { EventKeys } from '../../projections/events/event-keys.ts'
import { storedCopies } from '../../projections/events/stored-copies.ts'
import type { NativeBlock } from '../../projections/native/block-builder.ts'
import type { BadRecord } from '../read-record.ts'
import { missingDeadLetters } from './dead-letter-rows.ts'
import type { BatchParts } from './batch-parts.ts'

/**
 * Inserts rows under a token that nobody has used before, and looks whether they are there: that an insert was answered does not say
 * so. One insert is one part: where one row stands at its place, all do. Errors: `Unavailable`, `StorageError`.
 */
export async function insertEvents(parts: BatchParts, { block, keys }: EventRows, token: string): Promise<void> {
  if (block.rows === 0) return
  const { store, generation } = parts
  await store.insert({ ...block, table: generation.eventsTable, deduplicationToken: token })
  const sample = sampleOf(keys)
  const found = await storedCopies(store, generation.eventsTable, keys, { among: [sample] })
  // An equal event of another partition may be there without it.
  const { partition } = keys.partitions.find(({ to }) => sample < to)!
  const isShown = found.some((copy) => copy.partition === partition && copy.offset === keys.offsets[sample])
  if (!isShown) throw notShown(generation.eventsTable, block.rows, placeOf(keys))
}

/** As `insertEvents`, for the dead letters. */
export async function insertDeadLetters(parts: BatchParts, bad: readonly BadRecord[], token: string): Promise<void> {
  const [first] = bad
  if (first === undefined) return
  const { store, generation } = parts
  await store.insert({ ...deadLetterBlock(parts, bad), table: generation.deadLettersTable, deduplicationToken: token })
  const missing = await missingDeadLetters(store, generation.deadLettersTable, [first])
  if (missing.size > 0) {
    const { topic, partition, offset } = first.record
    throw notShown(generation.deadLettersTable, bad.length, `${topic}/${partition} from offset ${offset} on`)
  }
}

/** The rows of dead letters, in the memory of the block before. */
export function deadLetterBlock({ deadLetters, form, topics }: BatchParts, bad: readonly BadRecord[]): NativeBlock {
  deadLetters.begin(bad.length)
  for (const each of bad) deadLetters.add(form.deadLetterRow(each, topics))
  return deadLetters.finish()
}

/** The row that is found soonest: events without a time that can be read are looked up by their ids. */
function sampleOf(keys: EventKeys): number {
  return keys.all().find((row) => !keys.undated.has(row)) ?? 0
}

function placeOf(keys: EventKeys): string {
  const first = keys.partitions.find(({ from, to }) => to > from)!
  const others = keys.partitions.filter(({ from, to }) => to > from).length - 1
  const more = others === 0 ? '' : ` and of ${others} other partitions`
  return `${first.topic}/${first.partition} from offset ${keys.offsets[first.from]} on${more}`
}

function notShown(table: string, rows: number, place: string): ExperienceError {
  const message = `ClickHouse took ${rows} rows of ${place}, and the table ${table} lacks them`
  return new ExperienceError('StorageError', message, { retryable: true })
}
