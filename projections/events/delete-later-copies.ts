import type { ReadModelStore } from '../read-model-store.ts'
import { table } from '../table-name.ts'
import type { EventKeys } from './event-keys.ts'
import { repeatedCopies, type OffsetRange, type StoredCopy } from './stored-copies.ts'

/** Keeps the statement short: a mutation is written into the table's folder, and into every listing of mutations. */
const PLACES_A_STATEMENT = 5000

/**
 * Of a range's events that are stored more than once, keeps the copy at the first place (partition, then offset). To be called
 * after rows were inserted where others insert rows of the same topic at the same time, between whose look-up and insert
 * an equal event can slip in. Of two that do so, the later one sees both copies, and both choose the same to keep.
 * Errors: `Unavailable`, `StorageError`.
 */
export async function deleteLaterCopies(
  store: ReadModelStore,
  eventsTable: string,
  range: OffsetRange,
  keys: EventKeys,
): Promise<void> {
  if (keys.rows === 0) return
  const later = (await repeatedCopies(store, eventsTable, range, keys)).flatMap(laterCopies)
  for (let start = 0; start < later.length; start += PLACES_A_STATEMENT) {
    const places = later.slice(start, start + PLACES_A_STATEMENT).map((each) => `(${each.partition},${each.offset})`)
    await store.command({
      sql: `ALTER TABLE ${table(store, eventsTable)}
        DELETE WHERE tenant_id = {tenant:String} AND topic = {topic:String} AND (partition, offset) IN (${places.join(',')})
        SETTINGS mutations_sync = 1`,
      params: { tenant: keys.tenantId, topic: range.topic },
    })
  }
}

/** All copies of one event but the one at the first place. */
export function laterCopies(copies: readonly StoredCopy[]): StoredCopy[] {
  return copies.toSorted((left, right) => (isBefore(left, right) ? -1 : 1)).slice(1)
}

function isBefore(left: StoredCopy, right: StoredCopy): boolean {
  return left.partition === right.partition ? left.offset < right.offset : left.partition < right.partition
}
