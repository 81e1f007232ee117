import type { DeadLetter } from '../../consumers/dead-letters/read-dead-letters.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import { EVENT_ID_HEADER, KIND_HEADER } from '../../log/record-headers.ts'
import { stateOf } from './choice.ts'
import type { DeadLetterSummary } from './listed-dead-letter.ts'

export function summariseDeadLetter(deadLetter: DeadLetter, topics: TenantTopics): DeadLetterSummary {
  const { id, letter } = deadLetter
  const { reason, field, message, schemaId, record, position } = letter
  return {
    id,
    tenant_id: topics.tenantId(position.topic),
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
