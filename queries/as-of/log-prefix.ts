import type { Offset, TopicPartition } from '../../base/position.ts'

/** Where one partition ends: it holds the records before the offset `next`. */
export interface PartitionEnd extends TopicPartition {
  readonly next: Offset
}

/** The log as it stood at a moment: a prefix of each partition. */
export interface LogPrefix {
  /** The moment, ms since the epoch by the log's own times: a partition holds the records of times up to this one … */
  readonly takenBy: bigint
  /** … unless it is listed here. */
  readonly ends: readonly PartitionEnd[]
}
