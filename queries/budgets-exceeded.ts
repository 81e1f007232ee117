import type { BudgetsExceeded } from './analytics.ts'
import type { QueryContext } from './query-context.ts'
import { analyticsConditions, type AnalyticsFilter } from './clauses/filters.ts'

interface BudgetRecord {
  readonly tenant: string
  readonly resource: string
  readonly other: boolean
  readonly events: string
  readonly chains: string
}

/** How often budgets were exceeded, by tenant and resource, most often first. */
export async function budgetsExceeded(context: QueryContext, filter: AnalyticsFilter): Promise<BudgetsExceeded[]> {
  const { store } = context
  const conditions = (await analyticsConditions(context, filter)).add("kind = 'BudgetExceeded'")
  const rows = await store.query<BudgetRecord>({
    sql: `SELECT tenant_id AS tenant, ifNull(budget_resource_other, ifNull(toString(budget_resource), '')) AS resource,
        toBool(isNotNull(budget_resource_other)) AS other, count() AS events, uniqExact(chain_id) AS chains
      FROM ${store.table('events')} ${conditions.where}
      GROUP BY tenant, resource, other ORDER BY events DESC, tenant, resource, other`,
    params: conditions.params,
  })
  return rows.map(({ tenant, resource, other, events, chains }) => ({
    tenant_id: tenant === '' ? null : tenant,
    resource,
    other,
    events: BigInt(events),
    chains: BigInt(chains),
  }))
}
