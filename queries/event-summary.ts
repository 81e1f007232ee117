import { z } from 'zod'
import { eventKindLabels, eventKinds } from '../schemas/contract/event-kind.ts'
import { optional, string } from '../schemas/contract/scalars.ts'
import type { ExperienceEventSummary } from './analytics.ts'
import { Conditions } from './clauses/conditions.ts'
import type { QueryContext } from './query-context.ts'

/** A question for the events per kind. */
export const SummaryQuery = z.object({
  tenant_id: optional(string).describe('Tenant; none means all tenants and the events without one'),
})

/** Counts events per kind, each event once. */
export async function summariseEvents(
  { store, prefix }: QueryContext,
  tenant: string | null,
): Promise<ExperienceEventSummary> {
  const conditions = new Conditions().tenant(tenant).within(prefix)
  const rows = await store.query<{ kind: string; events: string }>({
    sql: `SELECT kind, count() AS events FROM ${store.table('events')} ${conditions.where} GROUP BY kind`,
    params: conditions.params,
  })
  return summaryOf(new Map(rows.map(({ kind, events }) => [kind, BigInt(events)])))
}

/** The summary of counts by kind, as the wire names it. */
export function summaryOf(counts: ReadonlyMap<string, bigint>): ExperienceEventSummary {
  const labelled = eventKinds.map((kind): [string, bigint] => [eventKindLabels[kind], counts.get(kind) ?? 0n])
  const occurring = labelled.filter(([, events]) => events > 0n).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const total = labelled.reduce((sum, [, events]) => sum + events, 0n)
  return { total_events: total, ...Object.fromEntries(labelled), by_kind: Object.fromEntries(occurring) }
}
