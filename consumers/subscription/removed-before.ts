import type { EventLog } from '../../log/event-log.ts'
import type { RecordBatch } from '../../log/record.ts'
import type { ItemContent } from './items.ts'

/**
 * What was removed of a partition before it was read; null where nothing was. Offsets without a record are marks of transactions, or what
 * was removed. Errors: `Unavailable`, `StorageError`.
 */
export async function removedBefore(log: Pick<EventLog, 'offsets'>, batch: RecordBatch): Promise<ItemContent | null> {
  const { topic, partition, first, next, records } = batch
  if (records.length > 0) return null
  const held = (await log.offsets([topic])).find((each) => each.partition === partition)
  const end = held === undefined || held.earliest > next ? next : held.earliest
  if (held === undefined || end <= first) return null
  return { type: 'lost', because: 'truncated', topic, partition, first, records: end - first }
}
