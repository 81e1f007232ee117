import type { EventLog } from '../log/event-log.ts'
import { recordBytes } from '../log/record-size.ts'
import type { TenantTopics } from '../log/tenant-topics.ts'
import { deadLetterRequest } from './dead-letter-record.ts'
import type { BadRecord } from './read-record.ts'

/** Appends bad records to their tenants' dead-letter topics. Errors: `Unavailable`, `StorageError`. */
export async function appendDeadLetters(log: EventLog, topics: TenantTopics, bad: readonly BadRecord[]): Promise<void> {
  const requests = []
  for (const each of bad) {
    const whole = deadLetterRequest(each, topics, true)
    const fits = recordBytes(whole.record) <= (await log.maxRecordBytes(whole.topic))
    requests.push(fits ? whole : deadLetterRequest(each, topics, false))
  }
  await log.append(requests)
}
