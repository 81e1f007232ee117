import type { RecordBatch, StoredRecord } from '../log/event-log.ts'
import { deleteLaterCopies } from '../projections/events/delete-later-copies.ts'
import type { EventRows } from '../projections/events/event-block.ts'
import type { EventKeys } from '../projections/events/event-keys.ts'
import { storedCopies, type StoredCopy } from '../projections/events/stored-copies.ts'
import { insertRange } from '../projections/insert-range.ts'
import type { NativeBlock } from '../projections/native/block-builder.ts'
import type { ReadModelStore } from '../projections/read-model-store.ts'

export interface EventsOfRange {
  readonly range: RecordBatch
  /** Each once. */
  readonly read: EventRows
  /** Reads records of the range anew, without events of known digests. Of what was read before only the keys stay. */
  readonly reread: (records: readonly StoredRecord[], known: ReadonlySet<string>) => EventRows
  /** Names the insert. */
  readonly token: string
  /** See `RangeOptions`. */
  readonly isRepeated: boolean
  /** See `RangeOptions`. */
  readonly hasSiblings: boolean
}

/** Inserts those events of a range that the table lacks. Errors: `Unavailable`, `StorageError`. */
export async function insertEvents(store: ReadModelStore, table: string, events: EventsOfRange): Promise<void> {
  const { range, read, reread, token, isRepeated, hasSiblings } = events
  const copies = await storedCopies(store, table, read.keys)
  const known = copies.map(latin1Of)
  // Copies are rare: where there are some, the range is read once more without them.
  const { block, first, keys } = known.length === 0 ? read : reread(range.records, new Set(known))

  const missing = async (): Promise<NativeBlock | null> => {
    // One insert is one part: where one row is there of those that nobody has tried to insert before, all are.
    const found = await storedCopies(store, table, keys, isRepeated ? {} : { among: [sampleOf(keys)] })
    if (!isRepeated) return found.length > 0 ? null : block
    // An earlier try may have brought some of these rows only: it knew fewer schemas.
    const left = reread(range.records, new Set([...known, ...found.map(latin1Of)]))
    return left.first === null ? null : left.block
  }

  if (first !== null) {
    await insertRange(store, { table, block, first, token, isRepeated, missing })
  } else if (isRepeated && hasSiblings && !copies.some((copy) => isWithin(range, copy))) {
    // All are stored elsewhere, and an earlier try may still arrive: not once its token is taken.
    const own = range.records.filter(({ offset }) => offset === read.first?.offset)
    await store.insert({ ...reread(own, new Set()).block, table, deduplicationToken: token })
  }
  // What a repeated range has stored before may not have been looked at.
  if (hasSiblings) await deleteLaterCopies(store, table, range, isRepeated ? read.keys : keys)
}

/** The row that is found soonest: events without a time that can be read are looked up by their ids. */
function sampleOf(keys: EventKeys): number {
  return keys.all().find((row) => !keys.undated.has(row)) ?? 0
}

function isWithin({ partition, first, next }: RecordBatch, copy: StoredCopy): boolean {
  return copy.partition === partition && copy.offset >= first && copy.offset < next
}

function latin1Of({ digest }: StoredCopy): string {
  return Buffer.from(digest, 'hex').toString('latin1')
}
