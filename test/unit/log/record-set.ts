import { recordBytes } from '../../../log/record-size.ts'
import type { LogRecord } from '../../../log/record.ts'
import { ATTRIBUTES, CONTROL, CRC } from '../../../log/kafka/format/batch-format.ts'
import { crc32c } from '../../../log/kafka/format/crc32c.ts'
import { DELTA_BYTES, sealBatch, writeBatch } from '../../../log/kafka/format/write-batch.ts'

/** A batch of records as Kafka would store it from `first` on. */
export function storedBatch(
  first: number,
  records: readonly LogRecord[],
  { producerId = -1n, isControl = false }: { readonly producerId?: bigint; readonly isControl?: boolean } = {},
): Buffer {
  const room = records.reduce((sum, record) => sum + recordBytes(record) + DELTA_BYTES, 0)
  const origin = { producerId, producerEpoch: 0, firstSequence: 0, isTransactional: producerId >= 0n }
  const bytes = sealBatch(writeBatch(records, room, origin))
  bytes.writeBigInt64BE(BigInt(first))
  return isControl ? withAttributes(bytes, bytes.readInt16BE(ATTRIBUTES) | CONTROL) : bytes
}

/** The batch with other attributes, changed in place. */
export function withAttributes(batch: Buffer, attributes: number): Buffer {
  batch.writeInt16BE(attributes, ATTRIBUTES)
  return withChecksum(batch)
}

export function withChecksum(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch.subarray(ATTRIBUTES)), CRC)
  return batch
}
