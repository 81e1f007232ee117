/** How a topic is kept, as its log tells. */
export interface TopicDescription {
  readonly topic: string
  readonly partitions: number
  /** Of the partition with the fewest; null where the log keeps no replicas. */
  readonly replicas: number | null
  /** Replicas that have everything, of the partition with the fewest; null where the log keeps none. */
  readonly replicasInSync: number | null
  /** Null where this client has no right to see them. */
  readonly settings: TopicSettings | null
}

/** What of a topic's settings matters to a log that keeps everything; the names are those of Kafka's settings. */
export interface TopicSettings {
  /** After how long records are removed, ms; null for never. */
  readonly retentionMs: number | null
  /** Bytes of a partition from which on its first records are removed; null for any number. */
  readonly retentionBytes: number | null
  /** Words of `cleanup.policy`: `delete`, by retention; `compact`, all but the last record of each key. */
  readonly cleanupPolicy: readonly string[]
  /** Whose clock the records' times are of: the producer's or the broker's. */
  readonly timestampType: 'CreateTime' | 'LogAppendTime'
  /** How far ahead of the broker's clock a record's time may be, ms; null for any distance. */
  readonly timestampAheadMs: number | null
  /** Bytes of the largest batch that the topic takes. */
  readonly maxMessageBytes: number
  /** Whether a replica that lacks records may become the leader, which loses them. */
  readonly uncleanElections: boolean
  /** How many replicas have to be in sync for an append to succeed. */
  readonly minInSyncReplicas: number
}
