import type { LiveRecord } from '../../../consumers/live/live-record.ts'
import type { EventRow } from '../../../projections/events/event-columns.ts'
import { eventRow, type LoggedEvent } from '../../../projections/events/event-row.ts'
import type { EventKind } from '../../../schemas/types/query-types.ts'
import type { TailQuery } from './tail-query.ts'

/** Rows of events that several readers look into. */
const rows = new WeakMap<LoggedEvent, EventRow>()

const IN_ENVELOPE = ['correlation_id', 'event_id'] as const
const IN_ROW = ['chain_id', 'trace_link_id', 'artifact_id', 'proposal_id'] as const

/** Tells what a stream is about, as questions tell it. What is no event is about everything, unless its header names another kind. */
export function wantedBy(query: TailQuery): (record: LiveRecord) => boolean {
  const kinds: ReadonlySet<string> = new Set<EventKind>(query.kinds)
  const inEnvelope = IN_ENVELOPE.filter((field) => query[field] !== null)
  const inRow = IN_ROW.filter((field) => query[field] !== null)
  const isOfKind = (kind: string | undefined): boolean => kinds.size === 0 || kind === undefined || kinds.has(kind)
  if (kinds.size === 0 && inEnvelope.length === 0 && inRow.length === 0) return () => true
  return (record) => {
    // To read a record's headers costs something.
    if (kinds.size > 0 && !isOfKind(record.kindTold)) return false
    const { envelope } = record
    if (envelope === null) return true
    return (
      isOfKind(envelope.event.type) &&
      inEnvelope.every((field) => envelope[field] === query[field]) &&
      inRow.every((field) => rowOf(record.event!)[field] === query[field])
    )
  }
}

function rowOf(event: LoggedEvent): EventRow {
  const row = rows.get(event) ?? eventRow(event)
  rows.set(event, row)
  return row
}
