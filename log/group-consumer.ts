import type { Offset, TopicPartition } from '../base/position.ts'
import type { RecordBatch } from './record.ts'

/** What a consumer group has committed for a partition: the next offset to read, and free text beside it. */
export interface CommittedOffset extends TopicPartition {
  readonly offset: Offset
  readonly metadata: string
}

export interface ConsumerOptions {
  /** The topics to read: all whose names start with this, also those created later (found within `discoveryMs`). */
  readonly topicPrefix: string
  /** How often to look for new and removed topics, ms. */
  readonly discoveryMs: number
  /** How long records may wait for others, of the same partition or another, to be handed over with them, ms. */
  readonly lingerMs: number
  /** Bytes of all partitions together that are handed over without waiting. */
  readonly batchBytes: number
  /** The mean time between hand-overs of less than `batchBytes`, at least, ms; a few may come sooner. Default: none. */
  readonly paceMs?: number
  /**
   * Whether a commit that got no answer is not made again, and all partitions are claimed anew: it may be taken late, and undo what
   * is committed after it. Default: it is made again.
   */
  readonly commitsOnce?: boolean
}

/** A partition as one member of the group holds it, from its assignment until it is revoked. */
export interface PartitionClaim extends TopicPartition {
  /** What the group had committed when the partition was assigned; null if nothing. */
  readonly committed: CommittedOffset | null
  /** How many partitions the topic has, as it was found within the last `discoveryMs`. */
  readonly topicPartitions: number
  /**
   * Commits the next offset to read and text beside it. Answers `fenced`, and changes nothing, when the partition belongs to
   * another member by now. Rejects with `Unavailable` or `StorageError` when it is not known whether the commit was taken.
   */
  commit(next: Offset, metadata: string): Promise<'committed' | 'fenced'>
}

/** A batch, and the claim of whoever handles it. */
export interface ClaimedBatch {
  readonly batch: RecordBatch
  readonly claim: PartitionClaim
}

/**
 * Handles batches of several partitions, one of each; a partition's next batch comes only after it. A batch begins where the last
 * handled one ended (or at the committed offset, or at the earliest). Answers with a promise for each batch, in their order: where it
 * rejects, the same range is delivered again, after a back-off. Several calls, of other partitions, may be under way at once.
 * Commits that are made together go to the log together.
 */
export type BatchHandler = (batches: readonly ClaimedBatch[]) => readonly Promise<void>[]

/**
 * What a batch fails with that has to wait: its range is not kept, unless that is brief, nor read again, until `isOver` answers so, which is
 * asked with the usual back-off. Where that rejects, it is not over.
 */
export class Postponed extends Error {
  readonly isOver: () => Promise<boolean>
  /** Whether it is for moments only, so that the range may be kept. */
  readonly isBrief: boolean

  constructor(isOver: () => Promise<boolean>, { isBrief = false } = {}) {
    super('the range has to wait')
    this.isOver = isOver
    this.isBrief = isBrief
  }
}

/** A member of a consumer group. While a batch is handled, its partition is not given to another member. */
export interface GroupConsumer {
  /** Consumes until `stop`; rejects only on an error that retrying cannot mend. */
  run(handler: BatchHandler): Promise<void>
  /** Lets the batches under way finish, then leaves the group. */
  stop(): Promise<void>
}
