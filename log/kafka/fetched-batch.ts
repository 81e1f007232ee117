import type { Offset, RecordBatch, StoredRecord, TopicPartition } from '../event-log.ts'
import type { FetchedMessage, FetchedPartition } from './kafka-broker.ts'

const headerText = (value: FetchedMessage['headers']): Record<string, string> => {
  const headers: [string, string][] = []
  for (const [name, content] of Object.entries(value ?? {})) {
    const last = Array.isArray(content) ? content.at(-1) : content
    if (last !== undefined && last !== null) headers.push([name, last.toString()])
  }
  return Object.fromEntries(headers)
}

/** Tells which records belong to aborted transactions; must be asked in offset order. */
const abortedFilter = ({
  abortedTransactions,
}: Pick<FetchedPartition, 'abortedTransactions'>): ((message: FetchedMessage) => boolean) => {
  const waiting = (abortedTransactions ?? [])
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))
    .toSorted((left, right) => (left.firstOffset < right.firstOffset ? -1 : 1))
  const open = new Set<string>()
  return ({ offset, isControlRecord, batchContext: { producerId, inTransaction } }) => {
    while (waiting[0] !== undefined && BigInt(offset) >= waiting[0].firstOffset) open.add(waiting.shift()!.producerId)
    // kafkajs's own filter takes any record with the key 00000000 for the marker that ends the transaction.
    if (isControlRecord) return !open.delete(producerId)
    return inTransaction && open.has(producerId)
  }
}

/**
 * The part `[first, limit)` of what was fetched from a partition at `first`: without transaction markers and aborted records,
 * but with their offsets in the range. Null when there is nothing from `first` on.
 */
export const fetchedBatch = (
  { topic, partition }: TopicPartition,
  fetched: Omit<FetchedPartition, 'errorCode'>,
  first: Offset,
  limit?: Offset,
): RecordBatch | null => {
  const isAborted = abortedFilter(fetched)
  const records: StoredRecord[] = []
  let next: Offset = first
  for (const message of fetched.messages) {
    const offset = BigInt(message.offset) as Offset
    const aborted = isAborted(message)
    // A broker answers with whole Kafka batches, so that the first may begin before the offset asked for.
    if (offset < first) continue
    if (limit !== undefined && offset >= limit) {
      next = limit
      break
    }
    next = (offset + 1n) as Offset
    if (aborted || message.isControlRecord) continue
    records.push({
      topic,
      partition,
      offset,
      key: message.key?.toString() ?? '',
      value: message.value,
      headers: headerText(message.headers),
      timestamp: Number(message.timestamp),
    })
  }
  return next > first ? { topic, partition, first, next, records } : null
}
