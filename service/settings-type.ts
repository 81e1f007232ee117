// The type of settings-schema.ts, written by `npm run settings:generate`: change that, not this.

/** The settings as `readSettings` returns them. */
export interface Settings {
  /** Directory of the embedded log and read model; one process at a time. Default: .experience-log. */
  EXPERIENCE_LOG_DATA: string

  /** Kafka brokers, host:port separated by commas; without it the log is embedded. */
  KAFKA_BROKERS?: string[] | undefined

  /** Whether to talk TLS to the brokers. Default: false. */
  KAFKA_SSL: boolean

  /** How to log in to the brokers: plain, scram-sha-256, scram-sha-512. */
  KAFKA_SASL_MECHANISM?: 'plain' | 'scram-sha-256' | 'scram-sha-512' | undefined

  /** Who logs in to the brokers. */
  KAFKA_SASL_USERNAME?: string | undefined

  /** Password for the brokers. */
  KAFKA_SASL_PASSWORD?: string | undefined

  /** How records are compressed on their way to Kafka and in it: none, gzip. Default: none. */
  KAFKA_COMPRESSION: 'none' | 'gzip'

  /** After how long without a sign of life Kafka gives a projector's partitions to others, ms; the brokers limit it (`group.min.session.timeout.ms`, 6,000 by default). Default: 10000. */
  KAFKA_SESSION_TIMEOUT_MS: number

  /** Confluent-compatible schema registry, with user:password@ if it wants them; needed with KAFKA_BROKERS. */
  SCHEMA_REGISTRY_URL?: string | undefined

  /** ClickHouse server, with user:password@ if it wants them; without it the read model is embedded. A projector's user needs all rights on the database, and CREATE TEMPORARY TABLE, which ClickHouse asks for the table function `format`. */
  CLICKHOUSE_URL?: string | undefined

  /** Database of the read model. Default: experience_log. */
  CLICKHOUSE_DATABASE: string

  /** How long a ClickHouse server may take to answer a request, ms; what takes longer fails as `Unavailable`. Default: 120000. */
  CLICKHOUSE_TIMEOUT_MS: number

  /** What topic names start with: letters, digits, hyphens. Default: experience. */
  TOPIC_PREFIX: string

  /** Partitions of a new tenant topic. With one, events of equal time are answered in the order of their append; set more before the first event of a tenant that is too large for one projector. Default: 1. */
  TOPIC_PARTITIONS: number

  /** Replicas of a new topic; 0 means three, or as many as there are brokers. Default: 0. */
  TOPIC_REPLICATION_FACTOR: number

  /** How long an event may wait for others to be appended with, ms, while an append is under way; an idle log takes it at once. Default: 5. */
  PRODUCER_LINGER_MS: number

  /** Bytes after which a batch is appended without waiting. Default: 524288. */
  PRODUCER_BATCH_BYTES: number

  /** Bytes that may wait to be appended; callers wait for room beyond that. Default: 67108864. */
  PRODUCER_MAX_IN_FLIGHT_BYTES: number

  /** How long the log may wait to fill a batch for the projector, ms. Default: 100. */
  PROJECTOR_LINGER_MS: number

  /** Bytes after which a batch is projected without waiting; from Kafka, each record counts 600 more, which is what it takes in memory. Fewer bytes take less memory, and more CPU for each event while there is a backlog. Default: 33554432. */
  PROJECTOR_BATCH_BYTES: number

  /** Share of records of a topic that are no events above which the topic is held, before more of them are put into the dead letters; 1 means never. Default: 0.5. */
  PROJECTOR_DEAD_LETTER_SHARE: number

  /** Records of a topic that are no events and are put into the dead letters whatever their share. Default: 100. */
  PROJECTOR_DEAD_LETTER_MINIMUM: number

  /** Latest records of a topic that the share is taken of; at least the later half of them. Default: 10000. */
  PROJECTOR_DEAD_LETTER_WINDOW: number

  /** As PROJECTOR_BATCH_BYTES, for the generation that a rebuild builds. Default: 33554432. */
  REBUILD_BATCH_BYTES: number

  /** How fast a rebuild may read, where it would else slow down others; 0 for no limit. Default: 0. */
  REBUILD_RECORDS_PER_SECOND: number

  /** How often a projector looks for new tenants, ms. Default: 2000. */
  DISCOVERY_MS: number

  /** How long a reader waits until what was appended is projected, ms; where the read model is embedded, how long without any progress. Default: 30000. */
  READ_WAIT_MS: number
}
