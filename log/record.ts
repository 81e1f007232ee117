import type { Offset, Position, TopicPartition } from '../base/position.ts'

/** One record as it is appended. The key decides the partition (Kafka's murmur2 partitioner, on every adapter). */
export interface LogRecord {
  readonly key: string
  /** Null is no value at all, which an empty one is not. */
  readonly value: Uint8Array | null
  readonly headers: Readonly<Record<string, string>>
  /** When the log took the record, ms since the epoch: the appending process's clock. */
  readonly timestamp: number
}

/**
 * One record as it is read. `key` is empty also where a foreign producer gave none. A log may read each part only when it is asked
 * for, so that a copy has to name them: `{ ...record }` may lack them.
 */
export interface StoredRecord extends Position {
  readonly key: string
  readonly value: Uint8Array | null
  readonly headers: Readonly<Record<string, string>>
  readonly timestamp: number
  /** Its place among what its producer appended in the same ms, as the header `sequence` says; 0 where there is none. */
  readonly sequence: number
}

/** A contiguous range `[first, next)` of one partition; offsets without a record (transaction markers) may lie in it. */
export interface RecordBatch extends TopicPartition {
  readonly first: Offset
  readonly next: Offset
  readonly records: readonly StoredRecord[]
}
