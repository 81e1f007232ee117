import type { Offset, Position, TopicPartition } from '../../../base/position.ts'
import type { AppendRequest } from '../../event-log.ts'
import type { LogRecord } from '../../record.ts'
import { BATCH_OVERHEAD, checkRecordSize, recordBytes } from '../../record-size.ts'
import { DELTA_BYTES } from '../format/write-batch.ts'

/**
 * Bytes of a request that any broker takes, and of the batches in it: managed services close the connection over 1,046,528. More
 * would not be faster: encoding blocks the process, for about 1.5 ms per MiB, and kafkajs copies it twice.
 */
export const REQUEST_BYTES = 1_000_000

/** Records of one append that go to one partition, in order, small enough for one Kafka batch. */
export interface RecordChunk extends TopicPartition {
  readonly records: LogRecord[]
  /** Where each of the records stood in the append. */
  readonly indexes: number[]
  /** Bytes in a batch at most. */
  bytes: number
  /** Bytes that a batch of the partition may have. */
  readonly maxBytes: number
}

/** Whether so many bytes of records fit in one batch. */
export function fitsBatch(bytes: number, maxBytes: number): boolean {
  return bytes <= maxBytes - BATCH_OVERHEAD
}

/**
 * Splits an append into chunks. The chunks of one partition follow in the order of their records. Refuses a record that is
 * too large with `InvalidQuery`.
 */
export function chunkRecords(
  requests: readonly AppendRequest[],
  place: (request: AppendRequest) => TopicPartition & { readonly maxBytes: number },
): RecordChunk[] {
  const chunks: RecordChunk[] = []
  const open = new Map<string, RecordChunk>()
  for (const [index, request] of requests.entries()) {
    const { topic, partition, maxBytes } = place(request)
    const alone = recordBytes(request.record)
    checkRecordSize(alone, maxBytes - BATCH_OVERHEAD)
    // One record that is larger goes alone.
    const batchBytes = Math.min(maxBytes, REQUEST_BYTES)
    const bytes = alone + DELTA_BYTES
    const name = `${partition}/${topic}`
    let chunk = open.get(name)
    if (chunk === undefined || !fitsBatch(chunk.bytes + bytes, batchBytes)) {
      chunk = { topic, partition, maxBytes, records: [], indexes: [], bytes: 0 }
      open.set(name, chunk)
      chunks.push(chunk)
    }
    chunk.records.push(request.record)
    chunk.indexes.push(index)
    chunk.bytes += bytes
  }
  return chunks
}

/** The position of each record of an append, from the offsets of the first record of each chunk. */
export function positionsOf(count: number, chunks: readonly RecordChunk[], offsets: readonly bigint[]): Position[] {
  const positions = Array.from<Position>({ length: count })
  for (const [at, { topic, partition, indexes }] of chunks.entries()) {
    for (const [after, index] of indexes.entries()) {
      positions[index] = { topic, partition, offset: (offsets[at]! + BigInt(after)) as Offset }
    }
  }
  return positions
}
