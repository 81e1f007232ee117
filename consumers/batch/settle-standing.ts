import { NEVER, pause } from '../../base/waiting.ts'
import type { StoredRecord } from '../../log/record.ts'
import { digestKey, storedCopies, type StoredCopy } from '../../projections/events/stored-copies.ts'
import type { NativeBlock } from '../../projections/native/block-builder.ts'
import type { BatchRange } from './batch-range.ts'
import { missingDeadLetters } from './dead-letter-rows.ts'
import { deadLetterBlock } from './insert-batch.ts'
import { tokenOf } from './intent.ts'
import type { BatchParts } from './batch-parts.ts'
import { digestsOf, readOne, readRanges, type ReadRanges } from './read-ranges.ts'

/** ClickHouse may show a part some milliseconds after it took the token. */
const LOOK_AGAIN_MS = 1000
/** So many tokens a range had in the release before. */
const MOST_TOKENS_BEFORE = 20

/**
 * Settles the inserts that were announced for ranges and whose end is not known: after it, none of them can arrive any more. What
 * is missing of the ranges goes in under the very token. An answer says that the token is taken: either the insert had arrived and
 * this one is dropped, or this one arrived and the insert never will. Answers whether there were any. Errors: `Unavailable`, `StorageError`.
 */
export async function settleStanding(parts: BatchParts, ranges: readonly BatchRange[]): Promise<boolean> {
  const tokens = byToken(parts, ranges)
  for (const [token, announced] of tokens) {
    await settle(parts, token, announced)
    for (const range of announced) range.settle()
  }
  return tokens.size > 0
}

function byToken({ generation }: BatchParts, ranges: readonly BatchRange[]): Map<string, BatchRange[]> {
  const groups = new Map<string, BatchRange[]>()
  for (const range of ranges) {
    if (range.standing === null) continue
    const token = tokenOf(generation.id, range.batch, range.batch.first, range.standing)
    const group = groups.get(token)
    if (group === undefined) groups.set(token, [range])
    else group.push(range)
  }
  return groups
}

async function settle(parts: BatchParts, token: string, ranges: readonly BatchRange[]): Promise<void> {
  // The release before sent what a token had taken without rows under the next of a series, which may be on its way as well.
  const tokens = ranges.some(({ standing }) => standing?.of === 'range') ? MOST_TOKENS_BEFORE : 1
  for (let lost = 0; lost < tokens; lost++) {
    if (await insertUnder(parts, lost === 0 ? token : `${token}:${lost}`, ranges)) return
    await pause(LOOK_AGAIN_MS, NEVER)
  }
}

/** Inserts what is missing of the ranges under a token, and answers whether nothing is any more. */
async function insertUnder(parts: BatchParts, token: string, ranges: readonly BatchRange[]): Promise<boolean> {
  const { store, generation, reader } = parts
  const read = readAnnounced(reader, ranges)
  const { keys } = read.events
  const stored = await storedCopies(store, generation.eventsTable, keys)
  const bad = [...(await missingDeadLetters(store, generation.deadLettersTable, [...read.bad.values()].flat()))]

  const events = blockToSettleWith(parts, read, stored)
  await store.insert({ ...events, table: generation.eventsTable, deduplicationToken: token })
  if (bad.length > 0) {
    const block = deadLetterBlock(parts, bad)
    await store.insert({ ...block, table: generation.deadLettersTable, deduplicationToken: token })
  }

  if (events.rows === 0 && bad.length === 0) return true
  const nowStored = await storedCopies(store, generation.eventsTable, keys)
  const nowMissing = await missingDeadLetters(store, generation.deadLettersTable, bad)
  // The token may have been taken without the rows (docs/decisions/0008); then they go in with the batch.
  return digestsOf(nowStored).size >= keys.rows && nowMissing.size === 0
}

/**
 * What is missing. An empty block takes no token: where all events are stored, but one of them at the place of an equal event in another
 * partition, its own row goes in, which is deleted as a later copy. Where all stand at their own places, the insert has arrived.
 */
function blockToSettleWith({ reader }: BatchParts, read: ReadRanges, stored: readonly StoredCopy[]): NativeBlock {
  const missing = readAnnounced(reader, read.ranges, digestsOf(stored)).events
  if (missing.block.rows > 0) return missing.block
  const elsewhere = ownElsewhere(read, stored)
  return elsewhere === null ? missing.block : readOne(reader, elsewhere.range, elsewhere.record).block
}

function readAnnounced(
  reader: BatchParts['reader'],
  ranges: readonly BatchRange[],
  known?: ReadonlySet<string>,
): ReadRanges {
  return readRanges(reader, ranges, known, (range) => range.standingRecords())
}

interface OwnRecord {
  readonly range: BatchRange
  readonly record: StoredRecord
}

/** A record of a topic with several partitions whose event is stored in another partition of it only; null if there is none. */
function ownElsewhere({ ranges, events }: ReadRanges, stored: readonly StoredCopy[]): OwnRecord | null {
  const partitionsOf = new Map<string, number[]>()
  for (const { digest, partition } of stored) partitionsOf.set(digest, [...(partitionsOf.get(digest) ?? []), partition])
  for (const [index, { from, to, partition }] of events.keys.partitions.entries()) {
    const range = ranges[index]!
    if (!range.hasSiblings) continue
    for (let row = from; row < to; row++) {
      const at = partitionsOf.get(digestKey(events.keys.digest(row))) ?? []
      if (at.length === 0 || at.includes(partition)) continue
      const record = range.standingRecords().find(({ offset }) => offset === events.keys.offsets[row])
      if (record !== undefined) return { range, record }
    }
  }
  return null
}
