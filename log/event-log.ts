import type { Offset, Position, TopicPartition } from '../base/position.ts'
import type { CommittedOffset, ConsumerOptions, GroupConsumer } from './group-consumer.ts'
import type { LogRecord, RecordBatch } from './record.ts'
import type { MissingRight, Right } from './rights/right.ts'
import type { TopicDescription } from './topic-description.ts'

export interface AppendRequest {
  readonly topic: string
  readonly record: LogRecord
}

/** The offsets that a partition holds: `[earliest, next)`. */
export interface PartitionOffsets extends TopicPartition {
  readonly earliest: Offset
  readonly next: Offset
}

/** A range of one partition to read: `[from, to)`. */
export interface ReadRange extends TopicPartition {
  readonly from: Offset
  readonly to: Offset
}

/** What serves a log. */
export interface LogDescription {
  /** As people know it, with the release as far as it can be told. */
  readonly name: string
  /** Null where there are none: the log is embedded. */
  readonly brokers: number | null
}

/**
 * An append-only, partitioned log of topics. A record that `append` answered for is durable (every in-sync replica, or the
 * disk); records of one partition keep the order of their append; nothing is ever changed, and only whole topics are removed.
 */
export interface EventLog {
  /** What serves the log. Error: `Unavailable`. */
  describe(): Promise<LogDescription>

  /** Tells this log from every other, also from one that was made anew in its place. Error: `Unavailable`. */
  identity(): Promise<string>

  /**
   * Appends in the order given, creating topics at their first use, and answers with the positions in the same order.
   * With `atomic`, readers see all of the records or none, across topics. Without it, a rejection says that at least one
   * record is not known to be stored; others may be. Errors: `InvalidQuery` (a record larger than `maxRecordBytes`;
   * nothing is sent then), `Unavailable`, `StorageError`.
   */
  append(requests: readonly AppendRequest[], options?: { readonly atomic?: boolean }): Promise<Position[]>

  /** Bytes that one record may take (key, value, headers and framing), by the limit of the topic or of the log. */
  maxRecordBytes(topic: string): Promise<number>

  /** Names of the topics that start with `prefix`, sorted. */
  topics(prefix: string): Promise<string[]>

  /** How topics are kept; those that do not exist are left out. Errors: `Unavailable`, `StorageError`. */
  describeTopics(topics: readonly string[]): Promise<TopicDescription[]>

  /**
   * Removes topics with all that they hold and what groups have committed for them; those that do not exist are left out. A
   * topic of the same name begins anew, at offset 0. Running consumers let go of their partitions within `discoveryMs`, once the
   * batch under way is handled; what it commits counts for nothing. After a failure the same call goes on with what is left.
   * Errors: `Unavailable`, `StorageError`.
   */
  deleteTopics(topics: readonly string[]): Promise<void>

  /** The offsets held by every partition of the topics; a topic that does not exist is left out. */
  offsets(topics: readonly string[]): Promise<PartitionOffsets[]>

  /**
   * The offset of each partition's first record of that time or a later one (ms since the epoch, by the records' own times); its
   * end where there is none. Where the times of a partition go back, the embedded log may find a later place.
   */
  offsetsAt(topics: readonly string[], timestamp: number): Promise<Position[]>

  /**
   * Reads ranges once, outside any consumer group that commits: batches of one partition each, in offset order, partitions
   * interleaved. Ends when every range is read.
   */
  read(ranges: readonly ReadRange[]): AsyncIterable<RecordBatch>

  /**
   * Follows topics beyond their present end, outside any consumer group; those that exist have begun when it resolves. Errors:
   * `Unavailable`, `StorageError`, what `begin` throws.
   */
  follow(options: FollowOptions): Promise<LogFollower>

  /**
   * What the group has committed for the partitions of the topics. Partitions without a commit are left out, and commits for an earlier
   * topic of the name.
   */
  committed(group: string, topics: readonly string[]): Promise<CommittedOffset[]>

  /**
   * How many members the group has, at least: consumers that run, or that ended without leaving and have not been missed yet.
   * Error: `Unavailable`.
   */
  groupMembers(group: string): Promise<number>

  /**
   * Sets where a group without members goes on: commits of partitions that it has not read. What it has committed for others
   * stays; partitions that do not exist are left out. Errors: `StorageError` (it has members), `Unavailable`.
   */
  startGroup(group: string, offsets: readonly CommittedOffset[]): Promise<void>

  /**
   * Forgets a group without members and all that it has committed. A group that does not exist is none.
   * Errors: `StorageError` (it has members), `Unavailable`.
   */
  deleteGroup(group: string): Promise<void>

  /** A new member of a consumer group. It does nothing before `run`. */
  consumer(group: string, options: ConsumerOptions): GroupConsumer

  /**
   * Those of the rights that whoever runs this lacks, as far as the log can tell: what it cannot, counts as granted. Nothing is
   * changed by asking. Errors: `Unavailable`, `StorageError`.
   */
  missingRights(needed: readonly Right[]): Promise<MissingRight[]>

  close(): Promise<void>
}

/** A partition that a follower has found. */
export interface FoundPartition extends PartitionOffsets {
  /** Tells the topic from every other, also from one of the same name before it; empty where the log cannot tell. */
  readonly topicId: string
}

export interface FollowOptions {
  /** The one topic, or all whose names start with a prefix; also those that are created later. */
  readonly topics: { readonly topic: string } | { readonly topicPrefix: string }
  /** How often to look for new and removed topics, ms. */
  readonly discoveryMs: number
  /**
   * Tells where to begin with a partition: an offset that it holds, or its end. Called once for each, and anew for one whose topic
   * was deleted and made anew, or was out of sight for a while.
   */
  readonly begin: (found: FoundPartition) => Offset
  /** Told that a partition is followed no longer, since its topic was deleted. */
  readonly end: (partition: TopicPartition) => void
}

/**
 * Partitions that are followed. It reads ahead of its caller by some MB at most. `begin` and `end` are called only while the
 * caller waits for a batch, before the partition's first batch and after its last.
 */
export interface LogFollower {
  /**
   * The next batch that arrived of any partition, each partition's in the order of its offsets; waits until there is one. A batch
   * without records tells of offsets that hold none: transaction markers, or what was removed before it was read. Null once it is
   * closed. Whatever fails for a while is tried again. One call at a time. Error: `StorageError`.
   */
  next(): Promise<RecordBatch | null>
  /** Lets go of everything; who waits gets null. */
  close(): Promise<void>
}
