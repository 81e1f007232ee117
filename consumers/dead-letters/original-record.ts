import { offset } from '../../base/position.ts'
import type { EventLog } from '../../log/event-log.ts'
import type { StoredRecord } from '../../log/record.ts'
import { ownHeaders } from './dead-letter-record.ts'
import type { StoredDeadLetter } from './stored-dead-letter.ts'

/**
 * The bad record as the log took it: put together from the dead letter, or read from the log where its bytes were left out.
 * Null where the log holds it no longer. Errors: `Unavailable`, `StorageError`.
 */
export async function originalRecord(log: EventLog, letter: StoredDeadLetter): Promise<StoredRecord | null> {
  const { position, record, valueLeftOut } = letter
  if (!valueLeftOut) {
    const { key, value, timestamp, sequence } = record
    return { ...position, key, value, headers: ownHeaders(record.headers), timestamp, sequence }
  }
  const { topic, partition, offset: at } = position
  for await (const { records } of log.read([{ topic, partition, from: at, to: offset(at + 1n) }])) {
    const found = records.find((each) => each.offset === at)
    if (found !== undefined) return found
  }
  return null
}
