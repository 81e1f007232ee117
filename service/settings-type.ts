// The type of settings-schema.ts, written by `npm run settings:generate`: change that, not this.

/** The settings as `readSettings` returns them. */
export interface Settings {
  /** Directory of the embedded log and read model; one process at a time. Default: .experience-log. */
  EXPERIENCE_LOG_DATA: string

  /** Of the command line: the server that commands ask over HTTP, instead of opening log and read model. */
  EXPERIENCE_LOG_URL?: string | undefined

  /** The key for EXPERIENCE_LOG_URL. */
  EXPERIENCE_LOG_KEY?: string | undefined

  /** Kafka brokers, host:port separated by commas; without it the log is embedded. */
  KAFKA_BROKERS?: string[] | undefined

  /** Whether connections to the brokers use TLS. Default: false. */
  KAFKA_SSL: boolean

  /** Certificates of the authorities that the brokers may have theirs from, PEM; without it, those that Node trusts. */
  KAFKA_CA?: string | undefined

  /** Certificate of this client, for brokers that ask for one, PEM. */
  KAFKA_CERTIFICATE?: string | undefined

  /** Private key of KAFKA_CERTIFICATE, PEM. */
  KAFKA_KEY?: string | undefined

  /** What KAFKA_KEY is encrypted with, if it is. */
  KAFKA_KEY_PASSPHRASE?: string | undefined

  /** How to log in to the brokers: plain, scram-sha-256, scram-sha-512, oauthbearer. */
  KAFKA_SASL_MECHANISM?: 'plain' | 'scram-sha-256' | 'scram-sha-512' | 'oauthbearer' | undefined

  /** User name for the brokers. */
  KAFKA_SASL_USERNAME?: string | undefined

  /** Password for the brokers. */
  KAFKA_SASL_PASSWORD?: string | undefined

  /** With oauthbearer: where tokens are given for the client credentials below (RFC 6749, 4.4). */
  KAFKA_OAUTH_TOKEN_URL?: string | undefined

  /** With oauthbearer: id of this client. */
  KAFKA_OAUTH_CLIENT_ID?: string | undefined

  /** With oauthbearer: secret of this client. */
  KAFKA_OAUTH_CLIENT_SECRET?: string | undefined

  /** With oauthbearer: scopes to ask for, separated by spaces. */
  KAFKA_OAUTH_SCOPE?: string | undefined

  /** How records are compressed in Kafka and on their way there: none, gzip. Default: none. */
  KAFKA_COMPRESSION: 'none' | 'gzip'

  /** Time without a sign of life after which Kafka gives a projector's partitions to others, ms; the brokers limit it (`group.min.session.timeout.ms`, 6,000 by default). Default: 10000. */
  KAFKA_SESSION_TIMEOUT_MS: number

  /** Confluent-compatible schema registry, with user:password@ if it needs them; required with KAFKA_BROKERS. */
  SCHEMA_REGISTRY_URL?: string | undefined

  /** As KAFKA_CA, for an https registry. */
  SCHEMA_REGISTRY_CA?: string | undefined

  /** As KAFKA_CERTIFICATE, for an https registry. */
  SCHEMA_REGISTRY_CERTIFICATE?: string | undefined

  /** Private key of SCHEMA_REGISTRY_CERTIFICATE, PEM. */
  SCHEMA_REGISTRY_KEY?: string | undefined

  /** What SCHEMA_REGISTRY_KEY is encrypted with, if it is. */
  SCHEMA_REGISTRY_KEY_PASSPHRASE?: string | undefined

  /** ClickHouse server, with user:password@ if it needs them; without it the read model is embedded. docs/rights.md lists what its user needs. */
  CLICKHOUSE_URL?: string | undefined

  /** As KAFKA_CA, for an https server. */
  CLICKHOUSE_CA?: string | undefined

  /** As KAFKA_CERTIFICATE, for an https server. A user in CLICKHOUSE_URL without a password logs in by it. */
  CLICKHOUSE_CERTIFICATE?: string | undefined

  /** Private key of CLICKHOUSE_CERTIFICATE, PEM. */
  CLICKHOUSE_KEY?: string | undefined

  /** What CLICKHOUSE_KEY is encrypted with, if it is. */
  CLICKHOUSE_KEY_PASSPHRASE?: string | undefined

  /** Database of the read model. Default: experience_log. */
  CLICKHOUSE_DATABASE: string

  /** User of the ClickHouse server that statements of `/v1/sql` and of clients of ClickHouse are asked as, made by what `sql-door setup` prints (docs/security.md); without it, they are asked as the user of CLICKHOUSE_URL. */
  CLICKHOUSE_SQL_USERNAME?: string | undefined

  /** Password of CLICKHOUSE_SQL_USERNAME, at least 24 characters; what keeps tenants apart on the server is made of it too. */
  CLICKHOUSE_SQL_PASSWORD?: string | undefined

  /** How long a ClickHouse server may take to answer a request, ms; a longer one fails with `Unavailable`. Default: 120000. */
  CLICKHOUSE_TIMEOUT_MS: number

  /** `serve`: a client that takes nothing of its answer in this time, or sends less than 1 KiB of an unfinished body in twice this time, is cut, ms; headers have to come in half of it, and in 10 s. Default: 60000. */
  HTTP_CLIENT_TIMEOUT_MS: number

  /** When the event loop of a serving process is later than that, ms, it has more work than it can do, and answers 503; 0 means never. Default: 3000. */
  HTTP_MAX_EVENT_LOOP_DELAY_MS: number

  /** `serve`: origins whose pages may ask from a browser, with a key, separated by commas; without any, no page from elsewhere may. */
  HTTP_CORS_ORIGINS?: string[] | undefined

  /** What topic names start with: letters, digits, hyphens. Default: experience. */
  TOPIC_PREFIX: string

  /** Partitions of a new tenant topic. With one, events of the same instant come in the order in which they were appended. If a tenant is too large for one projector, set more before its first event. Default: 1. */
  TOPIC_PARTITIONS: number

  /** Replicas of a new topic; 0 means three, or as many as there are brokers. Default: 0. */
  TOPIC_REPLICATION_FACTOR: number

  /** How long an event may wait to share an append with others while one is under way, ms; an idle log takes it at once. Default: 5. */
  PRODUCER_LINGER_MS: number

  /** Bytes after which a batch is appended without waiting. Default: 524288. */
  PRODUCER_BATCH_BYTES: number

  /** Bytes that may wait to be appended; beyond that, callers wait. Default: 67108864. */
  PRODUCER_MAX_IN_FLIGHT_BYTES: number

  /** How long an event may wait for others, of all tenants, to be projected with them, ms. Default: 100. */
  PROJECTOR_LINGER_MS: number

  /** Mean time between the inserts of a projector into a table of a ClickHouse server while events trickle in, at least, ms: a server wants few inserts. A few may follow one another sooner; those of full batches, and those into an embedded read model, are not held up. Default: 600. */
  PROJECTOR_INSERT_INTERVAL_MS: number

  /** Bytes, of all tenants together, after which a batch is projected without waiting. From Kafka each record counts 600 more, the memory that it takes. A smaller batch needs less memory, and more CPU per event while there is a backlog. Default: 16777216. */
  PROJECTOR_BATCH_BYTES: number

  /** A topic is held when more than this share of its latest records are not events; 1 means never. Default: 0.5. */
  PROJECTOR_DEAD_LETTER_SHARE: number

  /** So many records of a topic that are not events become dead letters whatever their share. Default: 100. */
  PROJECTOR_DEAD_LETTER_MINIMUM: number

  /** How many of the latest records of a topic the share is about; at least the later half of them. Default: 10000. */
  PROJECTOR_DEAD_LETTER_WINDOW: number

  /** As PROJECTOR_BATCH_BYTES, for the generation that a rebuild builds. Default: 33554432. */
  REBUILD_BATCH_BYTES: number

  /** Records a second that a rebuild may read, so that it does not slow down others; 0 means no limit. Default: 0. */
  REBUILD_RECORDS_PER_SECOND: number

  /** Bytes that the body of a request may take, decoded; of a stream of events (NDJSON, Avro records), one line or record. Default: 16777216. */
  HTTP_BODY_BYTES: number

  /** Events that one request may append all or none of (`?atomic=true`). Default: 10000. */
  HTTP_ATOMIC_EVENTS: number

  /** Requests with events that may be under way at once; one key may have half of them. Default: 256. */
  HTTP_INGEST_AT_ONCE: number

  /** Events that a key may send over HTTP, per second, unless the key has a limit of its own; 0 means no limit. Default: 0. */
  HTTP_EVENTS_PER_SECOND: number

  /** Bytes of events, decoded, that a key may send over HTTP, per second, unless the key has a limit of its own; 0 means no limit. Default: 0. */
  HTTP_BYTES_PER_SECOND: number

  /** Bytes of events that may wait in memory for one reader of the live tail; one that has more to come reads it from the log, at its own pace. Default: 1048576. */
  TAIL_BUFFER_BYTES: number

  /** A reader of the live tail whose connection takes nothing for so long while something waits is closed, with the id from which it can go on, ms. Default: 10000. */
  TAIL_STALL_MS: number

  /** After so long without an event a reader of the live tail gets a heartbeat, ms. Default: 10000. */
  TAIL_HEARTBEAT_MS: number

  /** Readers of the live tail that one process may have at once. Default: 4000. */
  TAIL_READERS: number

  /** Readers of the live tail that one key may have at once in one process. Default: 2000. */
  TAIL_READERS_PER_KEY: number

  /** How often a projector looks for new tenants, ms. Default: 2000. */
  DISCOVERY_MS: number

  /** How long a reader waits until what was appended is projected, ms; with an embedded read model, how long without progress, except over HTTP. Default: 30000. */
  READ_WAIT_MS: number

  /** Bytes that a statement of `/v1/sql` may have. Default: 65536. */
  SQL_STATEMENT_BYTES: number

  /** How long a statement of `/v1/sql` may take, ms, rounded up to whole seconds. Default: 10000. */
  SQL_TIMEOUT_MS: number

  /** Memory that a statement of `/v1/sql` may take, bytes. Default: 536870912. */
  SQL_MEMORY_BYTES: number

  /** Rows that an answer of `/v1/sql` may have; one that has more is cut, and says so. Default: 100000. */
  SQL_RESULT_ROWS: number

  /** Bytes that an answer of `/v1/sql` may take, as the engine holds it and as text; one that takes more is refused. Default: 33554432. */
  SQL_RESULT_BYTES: number

  /** `serve`: port on which clients of ClickHouse are answered (docs/sql.md); 0 means a free one. Without it, they are not. `--clickhouse-port` is the stronger one. */
  SERVE_CLICKHOUSE_PORT?: number | undefined

  /** Questions over HTTP that a process answers at once; beyond that, it answers 503. Default: 64. */
  HTTP_QUESTIONS_AT_ONCE: number

  /** Questions over HTTP that one key may ask at once, unless the key has a limit of its own; beyond that, it gets 429. Default: 32. */
  HTTP_QUESTIONS_OF_KEY_AT_ONCE: number
}
