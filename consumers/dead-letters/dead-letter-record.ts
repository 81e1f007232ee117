import type { Position } from '../../base/position.ts'
import type { AppendRequest } from '../../log/event-log.ts'
import type { LogRecord } from '../../log/record.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import type { BadRecord } from '../read-record.ts'

/** What the headers start with that a dead-letter topic adds to a record. */
const DEAD_LETTER_HEADER = 'dead-letter.'

/**
 * The record that a tenant's dead-letter topic gets: the bad record as it was, and why and where in headers. Appended at least
 * once: after a crash it may be there twice, with the same position. A record so large that the headers would not fit beside it
 * goes without its bytes; the table of dead letters and the log still have them.
 */
export function deadLetterRequest(bad: BadRecord, topics: TenantTopics, withValue: boolean): AppendRequest {
  const { record, reason, message, field, schemaId } = bad
  return {
    topic: deadLetterTopic(record.topic, topics),
    record: {
      key: record.key,
      value: withValue && record.value !== null ? record.value : new Uint8Array(),
      timestamp: record.timestamp,
      headers: {
        ...ownHeaders(record.headers),
        'dead-letter.reason': reason,
        'dead-letter.message': message,
        ...(field === null ? {} : { 'dead-letter.field': field }),
        ...(schemaId === null ? {} : { 'dead-letter.schema-id': String(schemaId) }),
        ...positionHeaders(record),
        'dead-letter.value': withValue ? 'whole' : 'left out',
      },
    },
  }
}

/** The headers of a record but for those of dead letters, which somebody may have copied into the events' topic. */
export function ownHeaders(headers: LogRecord['headers']): LogRecord['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(DEAD_LETTER_HEADER)))
}

const POSITION_HEADERS: ReadonlySet<string> = new Set(
  ['topic', 'partition', 'offset'].map((name) => DEAD_LETTER_HEADER + name),
)

/** The headers that name the bad record. */
export function positionHeaders({ topic, partition, offset }: Position): LogRecord['headers'] {
  return {
    'dead-letter.topic': topic,
    'dead-letter.partition': String(partition),
    'dead-letter.offset': String(offset),
  }
}

/** The headers without those that name the bad record. */
export function withoutPosition(headers: LogRecord['headers']): LogRecord['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !POSITION_HEADERS.has(name)))
}

/** A tenant's topics have the same name behind their prefixes. */
export function deadLetterTopic(eventsTopic: string, topics: TenantTopics): string {
  return topics.topicPrefix('dead-letters') + eventsTopic.slice(topics.topicPrefix('events').length)
}
