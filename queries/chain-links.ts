import { z } from 'zod'
import { optional, string } from '../schemas/contract/scalars.ts'
import { Conditions } from './clauses/conditions.ts'
import type { QueryContext } from './query-context.ts'

/** A question for all that belongs to a chain of decisions. */
export const ChainStoryQuery = z.object({
  chain_id: string.describe('Chain of decisions'),
  tenant_id: optional(string).describe('Tenant; none means all tenants'),
})
export type ChainStoryQuery = Readonly<z.output<typeof ChainStoryQuery>>

/** By what events are linked with a chain: the columns in which they name something of it. */
export type Link = 'proposal_id' | 'fact_id' | 'gate_id' | 'correlation_id' | 'trace_link_id'

/** What a chain's events name. */
export interface ChainLinks {
  readonly query: ChainStoryQuery
  /** The tenant that has such a chain, `''` for events without one; null where several have. */
  readonly tenant: string | null
  /** Null where there are more ids than a statement lists. */
  readonly ids: Readonly<Record<Link, readonly string[] | null>>
}

/** The gate that an outcome waits for, NULL for none: only the payload names it. */
export const AWAITED_GATE = `if(kind = 'OutcomeRecorded' AND stop_reason = 'HitlGatePending',
        JSONExtract(payload, 'stop_reason', 'HitlGatePending', 'gate_id', 'Nullable(String)'), NULL)`

/** Ids of one kind that a statement lists, and their characters: ClickHouse takes 128 KiB a parameter over HTTP. */
const MOST_IDS = 2000
const LONGEST_LIST = 50_000

interface LinksRecord {
  readonly tenant: string
  readonly proposals: readonly string[]
  readonly facts: readonly string[]
  readonly gates: readonly string[]
  readonly runs: readonly string[]
}

/**
 * What the events of a chain name; null where there is no such chain. Links are followed one step from there. Traces, which no event of a
 * chain names, are those of its runs.
 */
export async function chainLinks(context: QueryContext, query: ChainStoryQuery): Promise<ChainLinks | null> {
  const { store, prefix } = context
  const own = new Conditions().tenant(query.tenant_id).within(prefix).equals('chain_id', query.chain_id)
  const some = `groupUniqArray(${MOST_IDS + 1})`
  const rows = await store.query<LinksRecord>({
    sql: `SELECT tenant_id AS tenant, ${some}(proposal_id) AS proposals, ${some}(fact_id) AS facts,
        ${some}(${AWAITED_GATE}) AS gates, ${some}(correlation_id) AS runs
      FROM ${store.table('events')} ${own.where} GROUP BY tenant LIMIT 2`,
    params: own.params,
  })
  const [row] = rows
  if (row === undefined) return null
  if (rows.length > 1) {
    const many = { proposal_id: null, fact_id: null, gate_id: null, correlation_id: null, trace_link_id: null }
    return { query, tenant: null, ids: many }
  }
  const runs = listed(row.runs)
  const ids = { proposal_id: listed(row.proposals), fact_id: listed(row.facts), gate_id: listed(row.gates) }
  const traces = runs === null ? null : await tracesOf(context, row.tenant, runs)
  return { query, tenant: row.tenant, ids: { ...ids, correlation_id: runs, trace_link_id: traces } }
}

/** The traces that events of a tenant's runs name; null for more than a statement lists. */
async function tracesOf(
  { store, prefix }: QueryContext,
  tenant: string,
  runs: readonly string[],
): Promise<readonly string[] | null> {
  if (runs.length === 0) return []
  const conditions = new Conditions()
    .equals('tenant_id', tenant)
    .within(prefix)
    .add('chain_id IS NULL')
    .add('correlation_id IN {runs:Array(String)}', { runs })
  const [row] = await store.query<{ traces: readonly string[] }>({
    sql: `SELECT groupUniqArray(${MOST_IDS + 1})(trace_link_id) AS traces FROM ${store.table('events')} ${conditions.where}`,
    params: conditions.params,
  })
  return listed(row?.traces ?? [])
}

/** Null for more than a statement lists. */
function listed(ids: readonly string[]): readonly string[] | null {
  const characters = ids.reduce((sum, id) => sum + id.length, 0)
  return ids.length > MOST_IDS || characters > LONGEST_LIST ? null : ids
}
