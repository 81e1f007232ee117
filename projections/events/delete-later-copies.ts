import { quoteText } from '../../base/quote-sql.ts'
import type { ReadModelStore } from '../read-model-store.ts'
import type { EventKeys } from './event-keys.ts'
import { digestKey, storedCopies, type StoredCopy } from './stored-copies.ts'

/** Keeps the statement short: a mutation is written into the table's folder, and into every listing of mutations. */
const PLACES_A_STATEMENT = 5000

/**
 * Of events that are stored more than once, keeps the copy at the first place (partition, then offset). To be called
 * after rows were inserted where others insert rows of the same topic at the same time, between whose look-up and insert
 * an equal event can slip in. Of two that do so, the later one sees both copies, and both choose the same to keep. Rows are given in
 * ascending order. Errors: `Unavailable`, `StorageError`.
 */
export async function deleteLaterCopies(
  store: ReadModelStore,
  eventsTable: string,
  keys: EventKeys,
  rows: readonly number[],
): Promise<void> {
  const later = laterCopies(await storedCopies(store, eventsTable, keys, { among: rows, ofSeveral: true }))
  if (later.length === 0) return
  const partitions = partitionsByDigest(keys)
  for (let start = 0; start < later.length; start += PLACES_A_STATEMENT) {
    const copies = later.slice(start, start + PLACES_A_STATEMENT).map((copy) => {
      const { tenantId, topic } = partitions.get(copy.digest)!
      return { tenantId, place: `(${quoteText(topic)},${copy.partition},${copy.offset})` }
    })
    const tenants = new Set(copies.map(({ tenantId }) => quoteText(tenantId)))
    await store.command({
      sql: `ALTER TABLE ${store.table(eventsTable)}
        DELETE WHERE tenant_id IN (${[...tenants].join(',')})
          AND (topic, partition, offset) IN (${copies.map(({ place }) => place).join(',')})
        SETTINGS mutations_sync = 1`,
    })
  }
}

function partitionsByDigest(keys: EventKeys): Map<string, EventKeys['partitions'][number]> {
  const partitions = new Map<string, EventKeys['partitions'][number]>()
  for (const partition of keys.partitions) {
    for (let row = partition.from; row < partition.to; row++) partitions.set(digestKey(keys.digest(row)), partition)
  }
  return partitions
}

/** All but the first copy of each event. Exported for its test. */
export function laterCopies(copies: readonly StoredCopy[]): StoredCopy[] {
  const kept = new Map<string, StoredCopy>()
  const later: StoredCopy[] = []
  for (const copy of copies) {
    const known = kept.get(copy.digest)
    if (known === undefined || isBefore(copy, known)) kept.set(copy.digest, copy)
    // Rows are deleted by their places: one that stood there twice would be lost.
    if (known !== undefined && !isAtPlaceOf(copy, known)) later.push(isBefore(copy, known) ? known : copy)
  }
  return later
}

function isAtPlaceOf(left: StoredCopy, right: StoredCopy): boolean {
  return left.partition === right.partition && left.offset === right.offset
}

function isBefore(left: StoredCopy, right: StoredCopy): boolean {
  return left.partition === right.partition ? left.offset < right.offset : left.partition < right.partition
}
