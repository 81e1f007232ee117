import type { EventRow } from '../../../projections/events/event-columns.ts'
import { instantsOf, isWithin } from '../../../schemas/contract/time-range.ts'
import type { Instant } from '../../../schemas/instant.ts'
import type { ExperienceEventEnvelope } from '../../../schemas/types/event-types.ts'
import type { EventQuery } from '../../../schemas/types/query-types.ts'

/** An event as the store in memory holds it. */
export interface Held {
  readonly envelope: ExperienceEventEnvelope
  /** When it happened. The row's own instant, which decides the order, is that of the read model: from 1900 to 2262. */
  readonly instant: Instant
  /** What the read model would hold of the event. */
  readonly row: EventRow
}

/** Tells the events that a query is about, its cursor and limit aside. */
export function filterOf(query: EventQuery): (held: Held) => boolean {
  const range = query.time_range === null ? null : instantsOf(query.time_range)
  const equal = (wanted: string | null, actual: unknown): boolean => wanted === null || wanted === actual
  return ({ envelope, instant, row }) =>
    equal(query.tenant_id, envelope.tenant_id) &&
    equal(query.correlation_id, envelope.correlation_id) &&
    equal(query.chain_id, row.chain_id) &&
    equal(query.event_id, envelope.event_id) &&
    equal(query.trace_link_id, row.trace_link_id) &&
    equal(query.artifact_id, row.artifact_id) &&
    equal(query.proposal_id, row.proposal_id) &&
    (query.kinds.length === 0 || query.kinds.includes(envelope.event.type)) &&
    (range === null || isWithin(range, instant))
}
