import type { AppendRequest } from '../log/event-log.ts'
import type { TenantTopics } from '../log/tenant-topics.ts'
import type { BadRecord } from './read-record.ts'

/**
 * The record that a tenant's dead-letter topic gets: the bad record as it was, and why and where in headers. Appended at least
 * once: after a crash it may be there twice, with the same position. A record so large that the headers would not fit beside it
 * goes without its bytes; the table of dead letters and the log still have them.
 */
export function deadLetterRequest(bad: BadRecord, topics: TenantTopics, withValue: boolean): AppendRequest {
  const { record, reason, message, field } = bad
  return {
    topic: deadLetterTopic(record.topic, topics),
    record: {
      key: record.key,
      value: withValue && record.value !== null ? record.value : new Uint8Array(),
      timestamp: record.timestamp,
      headers: {
        ...record.headers,
        'dead-letter.reason': reason,
        'dead-letter.message': message,
        ...(field === null ? {} : { 'dead-letter.field': field }),
        'dead-letter.topic': record.topic,
        'dead-letter.partition': String(record.partition),
        'dead-letter.offset': String(record.offset),
        'dead-letter.value': withValue ? 'whole' : 'left out',
      },
    },
  }
}

/** A tenant's topics have the same name behind their prefixes. */
function deadLetterTopic(eventsTopic: string, topics: TenantTopics): string {
  return topics.topicPrefix('dead-letters') + eventsTopic.slice(topics.topicPrefix('events').length)
}
