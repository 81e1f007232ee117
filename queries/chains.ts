import type { z } from 'zod'
import { rollUpMeasures } from '../projections/events/roll-up.ts'
import { usize } from '../schemas/contract/scalars.ts'
import type { ChainCost } from './analytics.ts'
import { analyticsConditions, AnalyticsFilter } from './clauses/filters.ts'
import type { QueryContext } from './query-context.ts'

/** A question for the chains that cost most. */
export const ExpensiveChainsQuery = AnalyticsFilter.extend({
  limit: usize.default(20n).describe('How many chains at most'),
})
export type ExpensiveChainsQuery = Readonly<z.output<typeof ExpensiveChainsQuery>>

// Names of columns are not given to results: ClickHouse would take the result for the column, in WHERE too.
interface ChainRecord {
  readonly tenant: string
  readonly chain: string
  readonly outcomes: string
  readonly passed_outcomes: string
  readonly latency: string | null
  readonly token_sum: string | null
  readonly cost: string | null
}

/** The chains whose outcomes cost most, most expensive first. */
export async function mostExpensiveChains(context: QueryContext, filter: ExpensiveChainsQuery): Promise<ChainCost[]> {
  const { store } = context
  const conditions = (await analyticsConditions(context, filter)).add("kind = 'OutcomeRecorded'")
  const rows = await store.query<ChainRecord>({
    sql: `SELECT tenant_id AS tenant, chain_id AS chain, ${rollUpMeasures.events} AS outcomes,
        ${rollUpMeasures.passed} AS passed_outcomes, ${rollUpMeasures.latency_ms} AS latency,
        ${rollUpMeasures.tokens} AS token_sum, ${rollUpMeasures.cost_microdollars} AS cost
      FROM ${store.table('events')} ${conditions.where}
      GROUP BY tenant, chain ORDER BY ifNull(cost, 0) DESC, tenant, chain LIMIT {limit:UInt64}`,
    params: { ...conditions.params, limit: filter.limit.toString() },
  })
  return rows.map((row) => ({
    tenant_id: row.tenant === '' ? null : row.tenant,
    chain_id: row.chain,
    outcomes: BigInt(row.outcomes),
    passed: BigInt(row.passed_outcomes),
    latency_ms: BigInt(row.latency ?? 0),
    tokens: BigInt(row.token_sum ?? 0),
    cost_microdollars: BigInt(row.cost ?? 0),
  }))
}
