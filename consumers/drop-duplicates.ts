import type { EventRow } from '../projections/events/event-columns.ts'
import { digestKey, type FindCopies } from '../projections/events/stored-copies.ts'

/**
 * Drops rows of events that are equal to an earlier one (tenant, id and content, which is what the digest covers): in the
 * batch, or in the table. An event with the same id and other content stays. All rows are of one topic, so of one tenant.
 */
export async function dropDuplicates(rows: readonly EventRow[], findCopies: FindCopies): Promise<readonly EventRow[]> {
  const known = new Set((await findCopies(rows)).map(({ digest }) => digest))
  return rows.filter(({ digest }) => {
    const key = digestKey(digest)
    if (known.has(key)) return false
    known.add(key)
    return true
  })
}
