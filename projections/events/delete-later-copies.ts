import type { ReadModelStore } from '../read-model-store.ts'
import type { TopicPartition } from '../../base/position.ts'
import type { EventKeys } from './event-keys.ts'
import { storedCopies, type StoredCopy } from './stored-copies.ts'

/** Keeps the statement short: a mutation is written into the table's folder, and into every listing of mutations. */
const PLACES_A_STATEMENT = 5000

/**
 * Of events of one partition that are stored more than once, keeps the copy at the first place (partition, then offset). To be called
 * after rows were inserted where others insert rows of the same topic at the same time, between whose look-up and insert
 * an equal event can slip in. Of two that do so, the later one sees both copies, and both choose the same to keep.
 * Errors: `Unavailable`, `StorageError`.
 */
export async function deleteLaterCopies(
  store: ReadModelStore,
  eventsTable: string,
  { topic, partition }: TopicPartition,
  keys: EventKeys,
): Promise<void> {
  // Within a partition nothing slips in: its ranges come one after another. So mostly there is nothing to find.
  const elsewhere = await storedCopies(store, eventsTable, keys, { outsidePartition: partition })
  if (elsewhere.length === 0) return
  const later = laterCopies(await storedCopies(store, eventsTable, keys))
  for (let start = 0; start < later.length; start += PLACES_A_STATEMENT) {
    const places = later.slice(start, start + PLACES_A_STATEMENT).map((each) => `(${each.partition},${each.offset})`)
    await store.command({
      sql: `ALTER TABLE ${store.table(eventsTable)}
        DELETE WHERE tenant_id = {tenant:String} AND topic = {topic:String} AND (partition, offset) IN (${places.join(',')})
        SETTINGS mutations_sync = 1`,
      params: { tenant: keys.tenantId, topic },
    })
  }
}

/** All but the first copy of each event. Exported for its test. */
export function laterCopies(copies: readonly StoredCopy[]): StoredCopy[] {
  const kept = new Map<string, StoredCopy>()
  const later: StoredCopy[] = []
  for (const copy of copies) {
    const known = kept.get(copy.digest)
    if (known === undefined || isBefore(copy, known)) kept.set(copy.digest, copy)
    if (known !== undefined) later.push(isBefore(copy, known) ? known : copy)
  }
  return later
}

function isBefore(left: StoredCopy, right: StoredCopy): boolean {
  return left.partition === right.partition ? left.offset < right.offset : left.partition < right.partition
}
