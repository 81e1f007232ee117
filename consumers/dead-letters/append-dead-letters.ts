import type { AppendRequest, EventLog } from '../../log/event-log.ts'
import { recordBytes } from '../../log/record-size.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import type { BadRecord } from '../read-record.ts'
import { deadLetterRequest } from './dead-letter-record.ts'

/** Appends bad records to their tenants' dead-letter topics. Errors: `Unavailable`, `StorageError`. */
export async function appendDeadLetters(log: EventLog, topics: TenantTopics, bad: readonly BadRecord[]): Promise<void> {
  const limits = new Map<string, number>()
  const requests: AppendRequest[] = []
  for (const each of bad) {
    const whole = deadLetterRequest(each, topics, true)
    const limit = limits.get(whole.topic) ?? (await log.maxRecordBytes(whole.topic))
    limits.set(whole.topic, limit)
    requests.push(recordBytes(whole.record) <= limit ? whole : deadLetterRequest(each, topics, false))
  }
  await log.append(requests)
}
