import type { EventRow } from '../../../projections/events/event-columns.ts'
import type { ChainCost } from '../../../queries/analytics.ts'
import { compareUtf8 } from '../../../schemas/json/compare-utf8.ts'
import { descending, grouped, sum } from './grouped.ts'

/** What the read model answers about expensive chains, worked out from rows: most expensive first, then by tenant and id. */
export function chainCosts(rows: readonly EventRow[]): ChainCost[] {
  const outcomes = rows.filter(({ kind }) => kind === 'OutcomeRecorded')
  // Tenant ids hold no NUL.
  const chains = grouped(outcomes, ({ tenant_id, chain_id }) => `${tenant_id}\0${chain_id}`)
  return Array.from(chains, ([key, group]) => ({ key, chain: chainCost(group) }))
    .toSorted((a, b) => descending(a.chain.cost_microdollars, b.chain.cost_microdollars) || compareUtf8(a.key, b.key))
    .map(({ chain }) => chain)
}

function chainCost(group: readonly EventRow[]): ChainCost {
  const { tenant_id, chain_id } = group[0]!
  return {
    tenant_id: tenant_id === '' ? null : tenant_id,
    chain_id: chain_id ?? '',
    outcomes: BigInt(group.length),
    passed: BigInt(group.filter(({ passed }) => passed === true).length),
    latency_ms: sum(group, ({ latency_ms }) => latency_ms),
    tokens: sum(group, ({ tokens }) => tokens),
    cost_microdollars: sum(group, ({ cost_microdollars }) => cost_microdollars),
  }
}
