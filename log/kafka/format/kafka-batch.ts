import { ExperienceError } from '../../../base/experience-error.ts'
import type { Offset, TopicPartition } from '../../../base/position.ts'
import type { StoredRecord } from '../../record.ts'
import { BATCH_OVERHEAD } from '../../record-size.ts'
import {
  ATTRIBUTES,
  BASE_OFFSET,
  CODEC_MASK,
  CONTROL,
  CRC,
  FIRST_TIMESTAMP,
  LAST_OFFSET_DELTA,
  LEADER_EPOCH,
  LENGTH,
  LOG_APPEND_TIME,
  MAGIC,
  MAGIC_V2,
  MAX_TIMESTAMP,
  PRODUCER_ID,
  RECORD_COUNT,
  TRANSACTIONAL,
} from './batch-format.ts'
import { crc32c } from './crc32c.ts'
import { decompress } from './decompression.ts'
import { FetchedRecord, type BatchOfRecords } from './fetched-record.ts'
import { VarintReader } from './varint-reader.ts'

/** A batch of records as Kafka stores it. */
export class KafkaBatch {
  readonly first: Offset
  readonly next: Offset
  readonly producerId: bigint
  readonly #bytes: Buffer
  readonly #attributes: number

  private constructor(bytes: Buffer) {
    this.first = bytes.readBigInt64BE(BASE_OFFSET) as Offset
    this.next = (this.first + BigInt(bytes.readInt32BE(LAST_OFFSET_DELTA)) + 1n) as Offset
    this.producerId = bytes.readBigInt64BE(PRODUCER_ID)
    this.#bytes = bytes
    this.#attributes = bytes.readInt16BE(ATTRIBUTES)
  }

  /**
   * The batches of an answer, but for the last if it is not whole, as Kafka may cut it. Error: `StorageError` (a batch is
   * damaged, or older than Kafka 0.11).
   */
  static *in(recordSet: Buffer): Generator<KafkaBatch> {
    for (let at = 0; at + ATTRIBUTES <= recordSet.length;) {
      const end = at + LEADER_EPOCH + recordSet.readInt32BE(at + LENGTH)
      const bytes = recordSet.subarray(at, end)
      if (bytes[MAGIC] !== MAGIC_V2) throw unreadable(bytes, 'is in a format from before Kafka 0.11')
      if (end > recordSet.length) return
      if (crc32c(bytes, ATTRIBUTES) !== bytes.readUInt32BE(CRC))
        throw unreadable(bytes, 'is damaged: its checksum is wrong')
      yield new KafkaBatch(bytes)
      at = end
    }
  }

  get isTransactional(): boolean {
    return (this.#attributes & TRANSACTIONAL) !== 0
  }

  /** Whether it holds the marker that ends a transaction, and no records. */
  get isControl(): boolean {
    return (this.#attributes & CONTROL) !== 0
  }

  /** Adds the records `[from, to)` to a list, and answers with the bytes that they hold in memory as long as one of them is held. */
  addTo(records: StoredRecord[], place: TopicPartition, from: Offset, to: Offset): number {
    const bytes = this.#bytes
    const isWhole = from <= this.first && this.next <= to
    const isAppendTime = (this.#attributes & LOG_APPEND_TIME) !== 0
    const batch: BatchOfRecords = {
      topic: place.topic,
      partition: place.partition,
      bytes: decompress(this.#attributes & CODEC_MASK, bytes.subarray(BATCH_OVERHEAD)),
      first: this.first,
      timestamp: Number(bytes.readBigInt64BE(isAppendTime ? MAX_TIMESTAMP : FIRST_TIMESTAMP)),
      isRelative: !isAppendTime,
    }
    const reader = new VarintReader(batch.bytes)
    for (let left = bytes.readInt32BE(RECORD_COUNT); left > 0; left--) {
      const record = new FetchedRecord(batch, reader)
      if (isWhole || (from <= record.offset && record.offset < to)) records.push(record)
    }
    return batch.bytes.length
  }
}

function unreadable(bytes: Buffer, fault: string): ExperienceError {
  return new ExperienceError('StorageError', `the batch at offset ${bytes.readBigInt64BE(BASE_OFFSET)} ${fault}`)
}
