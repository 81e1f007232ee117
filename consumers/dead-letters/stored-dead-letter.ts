import { offset, type Position } from '../../base/position.ts'
import type { LogRecord, StoredRecord } from '../../log/record.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import { schemaIdOf } from '../../schemas/avro/wire-format.ts'
import { deadLetterTopic } from './dead-letter-record.ts'

/** How a dead letter was settled: its event was appended, as it was or corrected, or nobody wants it. */
export type ResolutionKind = 'retried' | 'discarded'

/** A record of a dead-letter topic that holds a bad record. */
export interface StoredDeadLetter {
  readonly kind: 'letter'
  /** Where the bad record stands in the log. */
  readonly position: Position
  readonly reason: string
  readonly message: string
  readonly field: string | null
  readonly schemaId: number | null
  /** Whether the bytes were too many to stand beside the headers; the log itself has them. */
  readonly valueLeftOut: boolean
  /** The record of the dead-letter topic, with the bad record's own key, time and other headers. */
  readonly record: StoredRecord
}

/** A record of a dead-letter topic that says what became of a dead letter. */
export interface StoredResolution {
  readonly kind: 'resolution'
  /** Where the bad record stands in the log. */
  readonly position: Position
  readonly resolution: ResolutionKind
  /** Id of the event that was appended. */
  readonly resolvedAs: string | null
  /** Why it was discarded. */
  readonly because: string | null
  /** When, ms since the epoch. */
  readonly resolvedAt: number
}

/** What a record of a dead-letter topic says; null for one that is neither, which only a foreign producer can have written. */
export function readDeadLetterRecord(
  record: StoredRecord,
  topics: TenantTopics,
): StoredDeadLetter | StoredResolution | null {
  const { headers, value } = record
  const position = namedPosition(headers)
  // A tenant's dead letters tell of its own topic only.
  if (position === null || deadLetterTopic(position.topic, topics) !== record.topic) return null
  const resolution = headers['dead-letter.resolution']
  if (resolution === 'retried' || resolution === 'discarded') {
    return {
      kind: 'resolution',
      position,
      resolution,
      resolvedAs: headers['dead-letter.resolved-as'] ?? null,
      because: headers['dead-letter.because'] ?? null,
      resolvedAt: record.timestamp,
    }
  }
  const reason = headers['dead-letter.reason']
  if (reason === undefined) return null
  const noted = headers['dead-letter.schema-id']
  return {
    kind: 'letter',
    position,
    reason,
    message: headers['dead-letter.message'] ?? '',
    field: headers['dead-letter.field'] ?? null,
    schemaId: noted === undefined ? (value === null ? null : schemaIdOf(value)) : Number(noted),
    valueLeftOut: headers['dead-letter.value'] === 'left out',
    record,
  }
}

/** The position of the bad record that headers name; null if they name none. */
export function namedPosition(headers: LogRecord['headers']): Position | null {
  const topic = headers['dead-letter.topic']
  const partition = headers['dead-letter.partition'] ?? ''
  const at = headers['dead-letter.offset'] ?? ''
  if (topic === undefined || !/^\d{1,9}$/.test(partition) || !/^\d{1,18}$/.test(at)) return null
  return { topic, partition: Number(partition), offset: offset(at) }
}
