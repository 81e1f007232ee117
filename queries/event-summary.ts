import { z } from 'zod'
import { eventKindLabels, eventKinds } from '../schemas/contract/event-kind.ts'
import { optional, string } from '../schemas/contract/scalars.ts'
import { Conditions } from './clauses/conditions.ts'
import type { QueryContext } from './query-context.ts'

/** A question for the events per kind. */
export const SummaryQuery = z.object({
  tenant_id: optional(string).describe('Tenant; none means all tenants and the events without one'),
})
export type SummaryQueryInput = z.input<typeof SummaryQuery>

/** CONTRACT §13: events in all, per kind by its label, and again only those that occur, by label in order. */
export interface ExperienceEventSummary {
  readonly total_events: bigint
  readonly [label: string]: bigint | Readonly<Record<string, bigint>>
  readonly by_kind: Readonly<Record<string, bigint>>
}

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
  const counts = new Map(rows.map(({ kind, events }) => [kind, BigInt(events)]))
  const labelled = eventKinds.map((kind): [string, bigint] => [eventKindLabels[kind], counts.get(kind) ?? 0n])
  const occurring = labelled.filter(([, events]) => events > 0n).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const total = labelled.reduce((sum, [, events]) => sum + events, 0n)
  return { total_events: total, ...Object.fromEntries(labelled), by_kind: Object.fromEntries(occurring) }
}
