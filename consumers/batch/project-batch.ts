import type { ObservedBatch } from '../../base/observer.ts'
import { pause } from '../../base/waiting.ts'
import { Postponed } from '../../log/group-consumer.ts'
import { deleteLaterCopies } from '../../projections/events/delete-later-copies.ts'
import { digestKey, storedCopies } from '../../projections/events/stored-copies.ts'
import type { CountedRange } from '../dead-letters/share-limit.ts'
import type { BadRecord } from '../read-record.ts'
import type { BatchParts } from './batch-parts.ts'
import { going, withEach, type BatchRange } from './batch-range.ts'
import { missingDeadLetters } from './dead-letter-rows.ts'
import { insertDeadLetters, insertEvents } from './insert-batch.ts'
import { batchToken, newName } from './intent.ts'
import { digestsOf, readRanges, rowsOf, type ReadRanges } from './read-ranges.ts'
import { settleStanding } from './settle-standing.ts'

/**
 * One batch over many partitions. Its steps are those of docs/decisions/0026, and of the model that explores them
 * (test/unit/consumers/batches). Rejects where it fails as a whole: what is going on then comes again.
 */
export async function projectBatch(parts: BatchParts, ranges: readonly BatchRange[]): Promise<void> {
  const begunAt = performance.now()
  // What one partition lacks must not hold up the others: each of these steps may end single ranges.
  await findDecoders(parts, ranges)
  const read = readRanges(parts.reader, going(ranges))
  const counted = await judge(parts, read)

  const isSettled = await settleStanding(parts, going(ranges))
  const lookAt = performance.now()
  const look = await lookForCopies(parts, isSettled ? readRanges(parts.reader, going(ranges)) : readAgain(parts, read))
  await withEach(ranges, (range) => appendDeadLetters(parts, look, range))

  const name = newName()
  const lookedAt = performance.now()
  await withEach(look.lacking, (range) => range.commitIntent(name))
  const insertAt = performance.now()
  const inserted = await insertMissing(parts, look, batchToken(parts.generation.id, name))
  await deleteCopies(parts, look.read)

  const insertedAt = performance.now()
  for (const range of going(ranges)) parts.limit?.count(counted.get(range)!)
  await withEach(ranges, (range) => range.commitNext())
  if (parts.observer?.projected === undefined) return
  const endedAt = performance.now()
  const steps = { look: lookedAt - lookAt, insert: insertedAt - insertAt, commit: endedAt - insertedAt }
  parts.observer.projected(observed(look, inserted, { ...steps, all: endedAt - begunAt }))
}

interface Inserted {
  readonly ranges: readonly BatchRange[]
  readonly rows: number
  readonly bad: readonly BadRecord[]
}

function observed({ read }: Look, { ranges, rows, bad }: Inserted, ms: ObservedBatch['seconds']): ObservedBatch {
  const records = ranges.reduce((sum, { batch }) => sum + batch.records.length, 0)
  const notEvents = ranges.reduce((sum, range) => sum + read.bad.get(range)!.length, 0)
  const deadLetters = new Map<string, number>()
  for (const { reason } of bad) deadLetters.set(reason, (deadLetters.get(reason) ?? 0) + 1)
  const seconds = { look: ms.look / 1000, insert: ms.insert / 1000, commit: ms.commit / 1000, all: ms.all / 1000 }
  return { records, rows, duplicates: records - notEvents - rows, deadLetters, seconds }
}

/** How long a batch waits for a partition whose schemas the registry has not told yet, ms. */
const SCHEMA_WAIT_MS = 1000

async function findDecoders({ decoders }: BatchParts, ranges: readonly BatchRange[]): Promise<void> {
  const found = new AbortController()
  const late = pause(SCHEMA_WAIT_MS, found.signal)
  await withEach(ranges, async (range) => {
    const finding = decoders.findFor(range.batch.records)
    const known = await Promise.race([finding, late])
    // How it ends is heard of when the range comes again.
    if (known === undefined) throw new Postponed(() => finding.then(isOver, isOver), { isBrief: true })
    range.decoders = known
  })
  found.abort()
}

function isOver(): boolean {
  return true
}

/** Ends the ranges that hold too many records that are no events, before anything of them is written. */
async function judge({ limit }: BatchParts, { bad }: ReadRanges): Promise<ReadonlyMap<BatchRange, CountedRange>> {
  const counted = new Map<BatchRange, CountedRange>()
  if (limit === undefined) return counted
  for (const [range, records] of bad) {
    await range.attempt(async () => void counted.set(range, await limit.judge(range.batch, records)))
  }
  return counted
}

/** What was read, read anew where ranges of it have ended. */
function readAgain({ reader }: BatchParts, read: ReadRanges, known?: ReadonlySet<string>): ReadRanges {
  const still = going(read.ranges)
  const isWhole = still.length === read.ranges.length && (known === undefined || known.size === 0)
  return isWhole ? read : readRanges(reader, still, known)
}

/** What a look at the tables has shown. */
interface Look {
  readonly read: ReadRanges
  /** Digests of events that are stored. */
  readonly known: ReadonlySet<string>
  readonly missingBad: ReadonlySet<BadRecord>
  /** The ranges that have rows which the tables lack. */
  readonly lacking: readonly BatchRange[]
}

async function lookForCopies({ store, generation }: BatchParts, read: ReadRanges): Promise<Look> {
  const { keys } = read.events
  const stored = await storedCopies(store, generation.eventsTable, keys)
  const missingBad = await missingDeadLetters(store, generation.deadLettersTable, [...read.bad.values()].flat())
  const digests = new Set(stored.map(({ digest }) => digest))
  const lacking = read.ranges.filter((range, index) => {
    const { from, to, hasCopies } = keys.partitions[index]!
    if (read.bad.get(range)!.some((bad) => missingBad.has(bad))) return true
    // An event that was left out for an equal one of another range needs its own intent: the other may end before the insert.
    if (hasCopies) return true
    if (digests.size === 0) return to > from
    for (let row = from; row < to; row++) if (!digests.has(digestKey(keys.digest(row)))) return true
    return false
  })
  return { read, known: digestsOf(stored), missingBad, lacking }
}

async function appendDeadLetters({ appendBad }: BatchParts, look: Look, range: BatchRange): Promise<void> {
  const bad = missingOf(look, range)
  if (bad.length > 0) await appendBad(bad)
}

function missingOf({ read, missingBad }: Look, range: BatchRange): BadRecord[] {
  return read.bad.get(range)!.filter((bad) => missingBad.has(bad))
}

/** Inserts what the tables lack of the ranges that go on: of all of them, intents are committed. */
async function insertMissing(parts: BatchParts, look: Look, token: string): Promise<Inserted> {
  const ranges = going(look.read.ranges)
  const bad = ranges.flatMap((range) => missingOf(look, range))
  await insertDeadLetters(parts, bad, token)
  const { events } = readAgain(parts, look.read, look.known)
  const { rows } = events.block
  await insertEvents(parts, events, token)
  return { ranges, rows, bad }
}

/** Where a topic has several partitions, an equal event of another one can have been inserted between the look and the insert. */
async function deleteCopies({ store, generation }: BatchParts, read: ReadRanges): Promise<void> {
  const rows = rowsOf(read, ({ isGoing, hasSiblings }) => isGoing && hasSiblings)
  if (rows.length > 0) await deleteLaterCopies(store, generation.eventsTable, read.events.keys, rows)
}
