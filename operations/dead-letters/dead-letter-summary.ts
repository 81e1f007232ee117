import type { DeadLetter } from '../../consumers/dead-letters/read-dead-letters.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import { EVENT_ID_HEADER, KIND_HEADER } from '../../log/record-headers.ts'
import { stateOf, type DeadLetterState } from './choice.ts'

/** What `list` prints of a dead letter, in the order of the printing. */
export interface DeadLetterSummary {
  readonly id: string
  /** Tenant by the topic's name; '' for events without one, null where the name does not tell. */
  readonly tenant_id: string | null
  readonly reason: string
  readonly field: string | null
  readonly message: string
  readonly logged_at: string | null
  readonly schema_id: number | null
  /** What the headers say; a foreign producer may have left them out. */
  readonly kind: string | null
  readonly event_id: string | null
  readonly state: DeadLetterState
}

export function summariseDeadLetter(deadLetter: DeadLetter, topics: TenantTopics): DeadLetterSummary {
  const { id, letter } = deadLetter
  const { reason, field, message, schemaId, record, position } = letter
  const tenant = topics.tenant(position.topic)
  return {
    id,
    tenant_id: tenant === undefined ? null : (tenant ?? ''),
    reason,
    field,
    message,
    logged_at: isoTime(record.timestamp),
    schema_id: schemaId,
    kind: record.headers[KIND_HEADER] ?? null,
    event_id: record.headers[EVENT_ID_HEADER] ?? null,
    state: stateOf(deadLetter),
  }
}

/** Null for a time that a foreign producer made up and no calendar holds. */
export function isoTime(millis: number): string | null {
  const time = new Date(millis)
  return Number.isNaN(time.getTime()) ? null : time.toISOString()
}
