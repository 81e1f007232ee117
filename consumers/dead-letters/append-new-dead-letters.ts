import type { EventLog } from '../../log/event-log.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import type { BadRecord } from '../read-record.ts'
import { appendDeadLetters } from './append-dead-letters.ts'
import { deadLetterId } from './dead-letter-id.ts'
import { deadLetterTopic } from './dead-letter-record.ts'
import { readDeadLetters } from './read-dead-letters.ts'

/**
 * Appends bad records to their dead-letter topics unless they are there: for whoever reads the log again from its beginning.
 * Each dead-letter topic is read once, when its first bad record comes. Errors: `Unavailable`, `StorageError`.
 */
export function newDeadLettersAppender(
  log: EventLog,
  topics: TenantTopics,
): (bad: readonly BadRecord[]) => Promise<void> {
  const known = new Map<string, Promise<ReadonlySet<string>>>()
  const idsIn = (topic: string): Promise<ReadonlySet<string>> => {
    const ids = known.get(topic) ?? readIds(log, topics, topic)
    known.set(topic, ids)
    ids.catch(() => known.delete(topic))
    return ids
  }
  return async (bad) => {
    const missing: BadRecord[] = []
    for (const each of bad) {
      const ids = await idsIn(deadLetterTopic(each.record.topic, topics))
      if (!ids.has(deadLetterId(each.record))) missing.push(each)
    }
    if (missing.length > 0) await appendDeadLetters(log, topics, missing)
  }
}

async function readIds(log: EventLog, topics: TenantTopics, topic: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>()
  for await (const { id } of readDeadLetters(log, topics, [topic])) ids.add(id)
  return ids
}
