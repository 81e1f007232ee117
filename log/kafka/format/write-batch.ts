import type { LogRecord } from '../../record.ts'
import { BATCH_OVERHEAD } from '../../record-size.ts'
import { ATTRIBUTES, BASE_OFFSET, CRC, LEADER_EPOCH, LENGTH, MAGIC_V2, TRANSACTIONAL } from './batch-format.ts'
import { ByteWriter } from './byte-writer.ts'
import { crc32c } from './crc32c.ts'

/** Who writes a batch, and its place among the producer's batches. */
export interface BatchOrigin {
  readonly producerId: bigint
  readonly producerEpoch: number
  /** The number of its first record: Kafka takes each number of a producer and partition once. */
  readonly firstSequence: number
  readonly isTransactional: boolean
}

/**
 * A record batch of format v2 (`batch-format.ts`), uncompressed, but for what `sealBatch` fills in. `bytes`: what its records take
 * at most, each of them its `recordBytes` and `DELTA_BYTES`.
 */
export function writeBatch(records: readonly LogRecord[], bytes: number, origin: BatchOrigin): Buffer {
  const writer = new ByteWriter(BATCH_OVERHEAD + bytes)
  const firstTimestamp = records[0]?.timestamp ?? 0
  let maxTimestamp = firstTimestamp
  writer.at = BATCH_OVERHEAD
  for (let place = 0; place < records.length; place++) {
    const record = records[place]!
    if (record.timestamp > maxTimestamp) maxTimestamp = record.timestamp
    writeRecord(writer, record, place, record.timestamp - firstTimestamp)
  }
  const end = writer.at

  writer.at = BASE_OFFSET
  // The broker sets the offset of the first record, and its epoch as the partition's leader.
  writer.int64(0n)
  writer.int32(0)
  writer.int32(0)
  writer.int8(MAGIC_V2)
  writer.int32(0)
  writer.int16(origin.isTransactional ? TRANSACTIONAL : 0)
  writer.int32(records.length - 1)
  writer.int64(BigInt(firstTimestamp))
  writer.int64(BigInt(maxTimestamp))
  writer.int64(origin.producerId)
  writer.int16(origin.producerEpoch)
  writer.int32(origin.firstSequence)
  writer.int32(records.length)
  writer.at = end
  return writer.written
}

/** Fills in a batch's length and checksum. */
export function sealBatch(batch: Buffer): Buffer {
  batch.writeInt32BE(batch.length - LEADER_EPOCH, LENGTH)
  batch.writeUInt32BE(crc32c(batch, ATTRIBUTES), CRC)
  return batch
}

/** Bytes by which a record may grow when it is not alone: its offset and time become differences from the first one's. */
export const DELTA_BYTES = 14

/** Writes one `record` of the grammar in `batch-format.ts`. */
function writeRecord(writer: ByteWriter, record: LogRecord, offsetDelta: number, timestampDelta: number): void {
  const { key, value, headers } = record
  const least = key.length + (value?.length ?? 0)
  const start = writer.beginPrefixed(least)
  // No attribute is defined.
  writer.int8(0)
  writer.varint(timestampDelta)
  writer.varint(offsetDelta)
  writer.varText(key)
  writer.varBlob(value)
  const names = Object.keys(headers)
  writer.varint(names.length)
  for (const name of names) {
    writer.varText(name)
    writer.varText(headers[name]!)
  }
  writer.endPrefixed(start, least)
}
