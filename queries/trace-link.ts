import { z } from 'zod'
import type { ReplayTrace } from '../schemas/contract/replay-trace.ts'
import { optional, string } from '../schemas/contract/scalars.ts'
import { handedOutTrace } from '../schemas/json/handed-out.ts'
import { replayTraceOfData } from '../schemas/json/replay-trace-json.ts'
import { Conditions } from './clauses/conditions.ts'
import type { QueryContext } from './query-context.ts'

/** A question for a replay trace. */
export const TraceLinkQuery = z.object({
  trace_link_id: string.describe('Trace'),
  tenant_id: optional(string).describe('Tenant; none means all tenants'),
})

/**
 * The replay trace with an id, or null. Where the id was recorded more than once, the latest recording counts, as in the reference:
 * the last of each partition of the log, and of these the one that its producer appended last. Without a tenant all tenants are
 * searched, as in the reference.
 */
export async function getTraceLink(
  { store, prefix }: QueryContext,
  id: string,
  tenant: string | null,
): Promise<ReplayTrace | null> {
  const conditions = new Conditions()
    .add("kind = 'ReplayTraceRecorded'")
    .equals('trace_link_id', id)
    .tenant(tenant)
    .within(prefix)
  const rows = await store.query<{ payload: string }>({
    sql: `SELECT payload FROM (
        SELECT payload, logged_at, sequence, topic, partition FROM ${store.table('events')} ${conditions.where}
        ORDER BY offset DESC LIMIT 1 BY topic, partition
      ) ORDER BY logged_at DESC, sequence DESC, topic DESC, partition DESC LIMIT 1`,
    params: conditions.params,
  })
  return rows[0] === undefined ? null : handedOutTrace(replayTraceOfData(rows[0].payload))
}
