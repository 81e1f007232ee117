import type { EventRow } from '../../../projections/events/event-columns.ts'
import type { BudgetsExceeded } from '../../../queries/analytics.ts'
import { compareUtf8 } from '../../../schemas/json/compare-utf8.ts'
import { descending, grouped } from './grouped.ts'

/** What the read model answers about budgets, worked out from rows: most often first, then by tenant and resource. */
export function exceededBudgets(rows: readonly EventRow[]): BudgetsExceeded[] {
  const exceeded = rows.filter(({ kind }) => kind === 'BudgetExceeded')
  const budgets = grouped(exceeded, (row) => JSON.stringify([row.tenant_id, resourceOf(row), isOther(row)]))
  return Array.from(budgets.values(), budgetOf).toSorted(
    (a, b) =>
      descending(a.events, b.events) ||
      compareUtf8(a.tenant_id ?? '', b.tenant_id ?? '') ||
      compareUtf8(a.resource, b.resource) ||
      Number(a.other) - Number(b.other),
  )
}

function budgetOf(group: readonly EventRow[]): BudgetsExceeded {
  const first = group[0]!
  return {
    tenant_id: first.tenant_id === '' ? null : first.tenant_id,
    resource: resourceOf(first),
    other: isOther(first),
    events: BigInt(group.length),
    chains: BigInt(new Set(group.map(({ chain_id }) => chain_id)).size),
  }
}

function resourceOf({ budget_resource, budget_resource_other }: EventRow): string {
  return budget_resource_other ?? budget_resource ?? ''
}

function isOther({ budget_resource_other }: EventRow): boolean {
  return budget_resource_other !== null
}
