import type { Message } from 'kafkajs'
import type { AppendRequest, TopicPartition } from '../event-log.ts'
import { BATCH_OVERHEAD, checkRecordSize, recordBytes } from '../record-size.ts'

/** Records of one append that go to one partition, in order, small enough for one Kafka batch. */
export interface RecordChunk extends TopicPartition {
  readonly messages: Message[]
  /** Where each of the messages stood in the append. */
  readonly indexes: number[]
  /** Bytes in a batch at most. */
  bytes: number
  /** Bytes that a batch of the partition may have. */
  readonly maxBytes: number
}

/** Bytes by which a record may grow when it is not alone: its offset and time become differences from the first one's. */
const DELTA_BYTES = 14

/** kafkajs copies the list of a batch's messages once for each of them. */
const MAX_MESSAGES = 2000

/** kafkajs writes a Uint8Array that is no Buffer as the text `1,2,3`. */
const toBuffer = (value: Uint8Array): Buffer =>
  Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)

/** Whether so many bytes and messages fit in one batch. */
export const fitsBatch = (bytes: number, messages: number, maxBytes: number): boolean =>
  bytes <= maxBytes - BATCH_OVERHEAD && messages <= MAX_MESSAGES

/**
 * Splits an append into chunks. The chunks of one partition follow in the order of their records. Refuses a record that is
 * too large with `InvalidQuery`.
 */
export const chunkRecords = (
  requests: readonly AppendRequest[],
  place: (request: AppendRequest) => TopicPartition & { readonly maxBytes: number },
): RecordChunk[] => {
  const chunks: RecordChunk[] = []
  const open = new Map<string, RecordChunk>()
  for (const [index, request] of requests.entries()) {
    const { topic, partition, maxBytes } = place(request)
    const { key, value, headers, timestamp } = request.record
    const alone = recordBytes(request.record)
    checkRecordSize(alone, maxBytes - BATCH_OVERHEAD)
    const bytes = alone + DELTA_BYTES
    const name = `${partition}/${topic}`
    let chunk = open.get(name)
    if (chunk === undefined || !fitsBatch(chunk.bytes + bytes, chunk.messages.length + 1, maxBytes)) {
      chunk = { topic, partition, maxBytes, messages: [], indexes: [], bytes: 0 }
      open.set(name, chunk)
      chunks.push(chunk)
    }
    // The time as text, since kafkajs takes the number 0 for "now".
    chunk.messages.push({ key, value: value && toBuffer(value), headers, timestamp: String(timestamp), partition })
    chunk.indexes.push(index)
    chunk.bytes += bytes
  }
  return chunks
}
