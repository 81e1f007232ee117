import type { Position } from '../../base/position.ts'
import type { DeadLetterRow } from './dead-letter-columns.ts'

/** A record of the log that could not be projected. */
export interface FaultyRecord {
  readonly record: Position & {
    readonly key: string
    readonly headers: Readonly<Record<string, string>>
    readonly value: Uint8Array | null
    /** When the log took it, ms since the epoch. */
    readonly timestamp: number
  }
  readonly reason: string
  readonly message: string
  readonly field: string | null
  readonly schemaId: number | null
}

/** Tells the tenant of a topic: null for the tenantless one, undefined where the name does not tell. */
export interface TopicNames {
  tenant(topic: string): string | null | undefined
}

/** The row of a dead letter. Pure, and without the time of failure: a range that is projected again gives the same rows. */
export function deadLetterRow({ record, ...fault }: FaultyRecord, topics: TopicNames): DeadLetterRow {
  const tenant = topics.tenant(record.topic)
  return {
    tenant_id: tenant === undefined ? null : (tenant ?? ''),
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    logged_at: record.timestamp,
    reason: fault.reason,
    message: fault.message,
    field: fault.field,
    schema_id: fault.schemaId,
    record_key: record.key,
    headers: record.headers,
    record_value: record.value,
  }
}
