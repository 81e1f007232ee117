import type { Offset, TopicPartition } from '../../../base/position.ts'
import type { RecordBatch, StoredRecord } from '../../record.ts'
import type { FetchedPartition } from '../client/kafka-broker.ts'
import { KafkaBatch } from './kafka-batch.ts'

/** Tells which batches belong to aborted transactions; must be asked in offset order. */
function abortedFilter(
  transactions: FetchedPartition['abortedTransactions'],
): (batch: Pick<KafkaBatch, 'next' | 'producerId' | 'isControl' | 'isTransactional'>) => boolean {
  const waiting = transactions.toSorted((left, right) => (left.firstOffset < right.firstOffset ? -1 : 1))
  const open = new Set<bigint>()
  return ({ next, producerId, isControl, isTransactional }) => {
    while (waiting[0] !== undefined && waiting[0].firstOffset < next) open.add(waiting.shift()!.producerId)
    if (isControl) return !open.delete(producerId)
    return isTransactional && open.has(producerId)
  }
}

export interface FetchedBatch extends RecordBatch {
  /** Bytes of the Kafka batches that the records lie in, which are held as long as one of them is. */
  readonly heldBytes: number
}

/**
 * The part `[first, limit)` of what was fetched from a partition at `first`: without transaction markers and aborted records,
 * but with their offsets in the range. Null when there is nothing from `first` on. Error: `StorageError` (`KafkaBatch.in`).
 */
export function fetchedBatch(
  { topic, partition }: TopicPartition,
  { abortedTransactions, recordSet }: Pick<FetchedPartition, 'abortedTransactions' | 'recordSet'>,
  first: Offset,
  limit?: Offset,
): FetchedBatch | null {
  const isAborted = abortedFilter(abortedTransactions)
  const records: StoredRecord[] = []
  let next: Offset = first
  let heldBytes = 0
  for (const batch of KafkaBatch.in(recordSet)) {
    const isLeftOut = isAborted(batch) || batch.isControl
    // A broker answers with whole batches, so that the first may begin before the offset asked for.
    if (batch.next <= first) continue
    next = limit !== undefined && limit < batch.next ? limit : batch.next
    if (!isLeftOut) heldBytes += batch.addTo(records, { topic, partition }, first, next)
    if (next === limit) break
  }
  return next > first ? { topic, partition, first, next, records, heldBytes } : null
}
