import type { FetchRequest, FetchResponse, KafkaBroker } from '../client/kafka-broker.ts'
import { whole } from '../client/lenient-broker.ts'
import { ByteWriter } from '../format/byte-writer.ts'
import { ProtocolReader } from '../format/protocol-reader.ts'

const FETCH = 1
/** The first version with sessions (Kafka 1.1). */
const LEAST_VERSION = 7
/** The last before the flexible ones. */
const LATEST_VERSION = 11

/**
 * Fetches, and hands out each partition's error code and batches as they came: kafkajs makes several objects and texts of each
 * record (8 µs of CPU measured, and 0.8 with `KafkaBatch`), and knows no sessions.
 */
export async function fetchRecords(broker: KafkaBroker, request: FetchRequest): Promise<FetchResponse> {
  const known = broker.versions?.[FETCH]?.maxVersion ?? LATEST_VERSION
  const version = Math.max(LEAST_VERSION, Math.min(LATEST_VERSION, known))
  const bytes = encodeFetch(request, version)
  const answer = await broker.connectionPool.send({
    request: {
      apiKey: FETCH,
      apiVersion: version,
      apiName: 'Fetch',
      encode: async () => ({ buf: bytes, buffer: bytes }),
    },
    response: { decode: async (payload) => decodeFetch(payload, version), parse: whole },
  })
  return answer as FetchResponse
}

const CONSUMER = -1
const READ_COMMITTED = 1
const UNKNOWN = -1
const REQUEST_BYTES = 36
const TOPIC_BYTES = 6
const PARTITION_BYTES = 28

/** Writes a request of version 7 (Kafka 1.1) to 11. Exported for its test. */
export function encodeFetch(request: FetchRequest, version: number): Buffer {
  const writer = new ByteWriter(mostBytes(request))
  writer.int32(CONSUMER)
  writer.int32(request.maxWaitTime)
  writer.int32(request.minBytes)
  writer.int32(request.maxBytes)
  writer.int8(READ_COMMITTED)
  writer.int32(request.sessionId)
  writer.int32(request.sessionEpoch)
  writer.int32(request.topics.length)
  for (const { topic, partitions } of request.topics) {
    writer.string(topic)
    writer.int32(partitions.length)
    for (const { partition, fetchOffset, maxBytes } of partitions) {
      writer.int32(partition)
      if (version >= 9) writer.int32(UNKNOWN) // the leader's epoch
      writer.int64(fetchOffset)
      writer.int64(BigInt(UNKNOWN)) // where the log starts, which only followers tell
      writer.int32(maxBytes)
    }
  }
  writer.int32(request.forgotten.length)
  for (const { topic, partitions } of request.forgotten) {
    writer.string(topic)
    writer.int32(partitions.length)
    for (const partition of partitions) writer.int32(partition)
  }
  if (version >= 11) writer.string('') // no rack
  return writer.written
}

function mostBytes({ topics, forgotten }: FetchRequest): number {
  let bytes = REQUEST_BYTES
  for (const { topic, partitions } of [...topics, ...forgotten]) {
    bytes += TOPIC_BYTES + Buffer.byteLength(topic) + partitions.length * PARTITION_BYTES
  }
  return bytes
}

/** Reads an answer of version 7 to 11. Exported for its test. */
export function decodeFetch(payload: Buffer, version: number): FetchResponse {
  const reader = new ProtocolReader(payload)
  const throttleMs = reader.int32()
  const errorCode = reader.int16()
  const sessionId = reader.int32()
  const responses = reader.array(() => ({
    topicName: reader.string(),
    partitions: reader.array(() => {
      const partition = reader.int32()
      const partitionError = reader.int16()
      reader.skip(WATERMARK_BYTES)
      const lastStableOffset = reader.int64()
      reader.skip(LOG_START_BYTES)
      const abortedTransactions = reader.array(() => ({ producerId: reader.int64(), firstOffset: reader.int64() }))
      if (version >= 11) reader.skip(PREFERRED_REPLICA_BYTES)
      return { partition, errorCode: partitionError, lastStableOffset, abortedTransactions, recordSet: reader.blob() }
    }),
  }))
  // From version 8 on the client is to wait (KIP-219), which kafkajs then does; before, the broker has waited.
  return { errorCode, sessionId, responses, ...(version >= 8 ? { clientSideThrottleTime: throttleMs } : {}) }
}

const WATERMARK_BYTES = 8
const LOG_START_BYTES = 8
const PREFERRED_REPLICA_BYTES = 4
