import type { Database } from 'lmdb'

/** A topic: a number that stands for its name in keys, and its count of partitions; neither ever changes. */
export interface StoredTopic {
  readonly id: number
  readonly partitions: number
}

/** What a consumer group has committed for a partition. */
export interface StoredCommit {
  readonly offset: string
  readonly metadata: string
}

/** Who holds a consumer group. Every new owner raises the epoch, so that an earlier one's commits can be told. */
export interface StoredGroup {
  readonly epoch: number
  readonly owner: string | null
  readonly host: string
  readonly pid: number
  readonly renewedAt: number
}

export interface StoredSchema {
  readonly subject: string
  readonly schema: string
}

/** The tables of one data directory. The log and the registry share them; whoever opened them closes them, once. */
export interface LmdbTables {
  readonly directory: string
  /** Topic name → topic. */
  readonly topics: Database<StoredTopic, string>
  /** Topic id → topic name. Topics of releases before this one have no entry. */
  readonly topicNames: Database<string, number>
  /** The latest appends by their count → keys of the partitions that each wrote to. */
  readonly changes: Database<Buffer, number>
  /** Partition key → the end of the partition. */
  readonly heads: Database<Buffer, Buffer>
  /** Partition key and offset → record. */
  readonly records: Database<Buffer, Buffer>
  /** Names of counters → counts. */
  readonly counters: Database<number, string>
  readonly groups: Database<StoredGroup, string>
  /** [group, topic, partition] → commit. */
  readonly commits: Database<StoredCommit, [string, string, number]>
  /** Schema id → schema. */
  readonly schemas: Database<StoredSchema, number>
  /** One entry: what tells this directory's log from every other. */
  readonly identity: Database<string, string>
  /**
   * Makes the reads that follow see what is committed by now. Without it they may see what was a millisecond or more ago,
   * since lmdb keeps a snapshot over a turn of the event loop.
   */
  refresh(): void
  /** Runs the writes of `action` as one transaction: all of them or, when it throws, none. */
  transaction<Result>(action: () => Result): Promise<Result>
  close(): Promise<void>
}
