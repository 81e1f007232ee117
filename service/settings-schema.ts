import { z } from 'zod'
import { isIdentifier } from '../base/quote-sql.ts'
import { certificate, flag, integer, isBroker, isOrigin, passphrase, privateKey, share, url } from './setting-kinds.ts'

/**
 * Every setting: an environment variable, its meaning and its default. `npm run settings:generate` makes docs/settings.md and
 * settings-type.ts from it.
 */
export const SettingsSchema = z.object({
  EXPERIENCE_LOG_DATA: z
    .string()
    .min(1)
    .default('.experience-log')
    .describe('Directory of the embedded log and read model; one process at a time'),
  EXPERIENCE_LOG_URL: url
    .optional()
    .describe('Of the command line: the server that commands ask over HTTP, instead of opening log and read model'),
  EXPERIENCE_LOG_KEY: z.string().optional().describe('The key for EXPERIENCE_LOG_URL'),

  KAFKA_BROKERS: z
    .string()
    .transform((list) => list.split(',').map((broker) => broker.trim()))
    .pipe(z.array(z.string().refine(isBroker, { error: 'must be host:port, separated by commas' })).min(1))
    .optional()
    .describe('Kafka brokers, host:port separated by commas; without it the log is embedded'),
  KAFKA_SSL: flag.describe('Whether connections to the brokers use TLS'),
  KAFKA_CA: certificate.describe(
    'Certificates of the authorities that the brokers may have theirs from, PEM; without it, those that Node trusts',
  ),
  KAFKA_CERTIFICATE: certificate.describe('Certificate of this client, for brokers that ask for one, PEM'),
  KAFKA_KEY: privateKey.describe('Private key of KAFKA_CERTIFICATE, PEM'),
  KAFKA_KEY_PASSPHRASE: passphrase.describe('What KAFKA_KEY is encrypted with, if it is'),
  KAFKA_SASL_MECHANISM: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'])
    .optional()
    .describe('How to log in to the brokers: plain, scram-sha-256, scram-sha-512, oauthbearer'),
  KAFKA_SASL_USERNAME: z.string().optional().describe('User name for the brokers'),
  KAFKA_SASL_PASSWORD: z.string().optional().describe('Password for the brokers'),
  KAFKA_OAUTH_TOKEN_URL: url
    .optional()
    .describe('With oauthbearer: where tokens are given for the client credentials below (RFC 6749, 4.4)'),
  KAFKA_OAUTH_CLIENT_ID: z.string().optional().describe('With oauthbearer: id of this client'),
  KAFKA_OAUTH_CLIENT_SECRET: z.string().optional().describe('With oauthbearer: secret of this client'),
  KAFKA_OAUTH_SCOPE: z.string().optional().describe('With oauthbearer: scopes to ask for, separated by spaces'),
  KAFKA_COMPRESSION: z
    .enum(['none', 'gzip'])
    .default('none')
    .describe('How records are compressed in Kafka and on their way there: none, gzip'),
  KAFKA_SESSION_TIMEOUT_MS: integer(10_000, 1_000, 1_800_000).describe(
    "Time without a sign of life after which Kafka gives a projector's partitions to others, ms; the brokers limit it (`group.min.session.timeout.ms`, 6,000 by default)",
  ),
  SCHEMA_REGISTRY_URL: url
    .optional()
    .describe(
      'Confluent-compatible schema registry, with user:password@ if it needs them; required with KAFKA_BROKERS',
    ),
  SCHEMA_REGISTRY_CA: certificate.describe('As KAFKA_CA, for an https registry'),
  SCHEMA_REGISTRY_CERTIFICATE: certificate.describe('As KAFKA_CERTIFICATE, for an https registry'),
  SCHEMA_REGISTRY_KEY: privateKey.describe('Private key of SCHEMA_REGISTRY_CERTIFICATE, PEM'),
  SCHEMA_REGISTRY_KEY_PASSPHRASE: passphrase.describe('What SCHEMA_REGISTRY_KEY is encrypted with, if it is'),
  CLICKHOUSE_URL: url
    .optional()
    .describe(
      'ClickHouse server, with user:password@ if it needs them; without it the read model is embedded. docs/rights.md lists what its user needs',
    ),
  CLICKHOUSE_CA: certificate.describe('As KAFKA_CA, for an https server'),
  CLICKHOUSE_CERTIFICATE: certificate.describe(
    'As KAFKA_CERTIFICATE, for an https server. A user in CLICKHOUSE_URL without a password logs in by it',
  ),
  CLICKHOUSE_KEY: privateKey.describe('Private key of CLICKHOUSE_CERTIFICATE, PEM'),
  CLICKHOUSE_KEY_PASSPHRASE: passphrase.describe('What CLICKHOUSE_KEY is encrypted with, if it is'),
  CLICKHOUSE_DATABASE: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
      error: 'may hold only letters, digits and _, and must not begin with a digit',
    })
    .default('experience_log')
    .describe('Database of the read model'),
  CLICKHOUSE_SQL_USERNAME: z
    .string()
    .refine(isIdentifier, { error: 'may hold only letters, digits and _, and must not begin with a digit' })
    .optional()
    .describe(
      'User of the ClickHouse server that statements of `/v1/sql` and of clients of ClickHouse are asked as, made by what `sql-door setup` prints (docs/security.md); without it, they are asked as the user of CLICKHOUSE_URL',
    ),
  CLICKHOUSE_SQL_PASSWORD: z
    .string()
    .min(24, { error: 'must have at least 24 characters: nobody has to type it' })
    .optional()
    .describe(
      'Password of CLICKHOUSE_SQL_USERNAME, at least 24 characters; what keeps tenants apart on the server is made of it too',
    ),
  CLICKHOUSE_TIMEOUT_MS: integer(120_000, 1_000, 86_400_000).describe(
    'How long a ClickHouse server may take to answer a request, ms; a longer one fails with `Unavailable`',
  ),

  HTTP_CLIENT_TIMEOUT_MS: integer(60_000, 100, 3_600_000).describe(
    '`serve`: a client that takes nothing of its answer in this time, or sends less than 1 KiB of an unfinished body in twice this time, is cut, ms; headers have to come in half of it, and in 10 s',
  ),
  HTTP_MAX_EVENT_LOOP_DELAY_MS: integer(3_000, 0, 60_000).describe(
    'When the event loop of a serving process is later than that, ms, it has more work than it can do, and answers 503; 0 means never',
  ),
  HTTP_CORS_ORIGINS: z
    .string()
    .transform((list) => list.split(',').map((origin) => origin.trim()))
    .pipe(
      z.array(z.string().refine(isOrigin, { error: 'must be origins like https://app.example, separated by commas' })),
    )
    .optional()
    .describe(
      '`serve`: origins whose pages may ask from a browser, with a key, separated by commas; without any, no page from elsewhere may',
    ),

  TOPIC_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,49}$/, { error: 'must be 1 to 49 letters, digits and hyphens' })
    .default('experience')
    .describe('What topic names start with: letters, digits, hyphens'),
  TOPIC_PARTITIONS: integer(1, 1, 10_000).describe(
    'Partitions of a new tenant topic. With one, events of the same instant come in the order in which they were appended. If a tenant is too large for one projector, set more before its first event',
  ),
  TOPIC_REPLICATION_FACTOR: integer(0, 0, 32).describe(
    'Replicas of a new topic; 0 means three, or as many as there are brokers',
  ),

  PRODUCER_LINGER_MS: integer(5, 0, 60_000).describe(
    'How long an event may wait to share an append with others while one is under way, ms; an idle log takes it at once',
  ),
  PRODUCER_BATCH_BYTES: integer(524_288, 1_024, 1 << 30).describe(
    'Bytes after which a batch is appended without waiting',
  ),
  PRODUCER_MAX_IN_FLIGHT_BYTES: integer(64 << 20, 1 << 20, 2 ** 40).describe(
    'Bytes that may wait to be appended; beyond that, callers wait',
  ),
  PROJECTOR_LINGER_MS: integer(100, 0, 60_000).describe(
    'How long an event may wait for others, of all tenants, to be projected with them, ms',
  ),
  PROJECTOR_INSERT_INTERVAL_MS: integer(600, 0, 60_000).describe(
    'Mean time between the inserts of a projector into a table of a ClickHouse server while events trickle in, at least, ms: a server wants few inserts. A few may follow one another sooner; those of full batches, and those into an embedded read model, are not held up',
  ),
  PROJECTOR_BATCH_BYTES: integer(16 << 20, 1_024, 1 << 30).describe(
    'Bytes, of all tenants together, after which a batch is projected without waiting. From Kafka each record counts 600 more, the memory that it takes. A smaller batch needs less memory, and more CPU per event while there is a backlog',
  ),
  PROJECTOR_DEAD_LETTER_SHARE: share(0.5).describe(
    'A topic is held when more than this share of its latest records are not events; 1 means never',
  ),
  PROJECTOR_DEAD_LETTER_MINIMUM: integer(100, 1, 1_000_000_000).describe(
    'So many records of a topic that are not events become dead letters whatever their share',
  ),
  PROJECTOR_DEAD_LETTER_WINDOW: integer(10_000, 1, 1_000_000_000).describe(
    'How many of the latest records of a topic the share is about; at least the later half of them',
  ),
  REBUILD_BATCH_BYTES: integer(32 << 20, 1_024, 1 << 30).describe(
    'As PROJECTOR_BATCH_BYTES, for the generation that a rebuild builds',
  ),
  REBUILD_RECORDS_PER_SECOND: integer(0, 0, 1_000_000_000).describe(
    'Records a second that a rebuild may read, so that it does not slow down others; 0 means no limit',
  ),
  HTTP_BODY_BYTES: integer(16 << 20, 1 << 10, 1 << 30).describe(
    'Bytes that the body of a request may take, decoded; of a stream of events (NDJSON, Avro records), one line or record',
  ),
  HTTP_ATOMIC_EVENTS: integer(10_000, 1, 1_000_000).describe(
    'Events that one request may append all or none of (`?atomic=true`)',
  ),
  HTTP_INGEST_AT_ONCE: integer(256, 1, 1_000_000).describe(
    'Requests with events that may be under way at once; one key may have half of them',
  ),
  HTTP_EVENTS_PER_SECOND: integer(0, 0, 1_000_000_000).describe(
    'Events that a key may send over HTTP, per second, unless the key has a limit of its own; 0 means no limit',
  ),
  HTTP_BYTES_PER_SECOND: integer(0, 0, 2 ** 40).describe(
    'Bytes of events, decoded, that a key may send over HTTP, per second, unless the key has a limit of its own; 0 means no limit',
  ),
  TAIL_BUFFER_BYTES: integer(1 << 20, 65_536, 1 << 30).describe(
    'Bytes of events that may wait in memory for one reader of the live tail; one that has more to come reads it from the log, at its own pace',
  ),
  TAIL_STALL_MS: integer(10_000, 100, 3_600_000).describe(
    'A reader of the live tail whose connection takes nothing for so long while something waits is closed, with the id from which it can go on, ms',
  ),
  TAIL_HEARTBEAT_MS: integer(10_000, 100, 3_600_000).describe(
    'After so long without an event a reader of the live tail gets a heartbeat, ms',
  ),
  TAIL_READERS: integer(4_000, 1, 1_000_000).describe('Readers of the live tail that one process may have at once'),
  TAIL_READERS_PER_KEY: integer(2_000, 1, 1_000_000).describe(
    'Readers of the live tail that one key may have at once in one process',
  ),
  DISCOVERY_MS: integer(2_000, 100, 3_600_000).describe('How often a projector looks for new tenants, ms'),
  READ_WAIT_MS: integer(30_000, 0, 86_400_000).describe(
    'How long a reader waits until what was appended is projected, ms; with an embedded read model, how long without progress, except over HTTP',
  ),
  SQL_STATEMENT_BYTES: integer(65_536, 1_024, 1 << 20).describe('Bytes that a statement of `/v1/sql` may have'),
  SQL_TIMEOUT_MS: integer(10_000, 1_000, 3_600_000).describe(
    'How long a statement of `/v1/sql` may take, ms, rounded up to whole seconds',
  ),
  SQL_MEMORY_BYTES: integer(512 << 20, 1 << 20, 2 ** 40).describe(
    'Memory that a statement of `/v1/sql` may take, bytes',
  ),
  SQL_RESULT_ROWS: integer(100_000, 1, 100_000_000).describe(
    'Rows that an answer of `/v1/sql` may have; one that has more is cut, and says so',
  ),
  SQL_RESULT_BYTES: integer(32 << 20, 1 << 10, 256 << 20).describe(
    'Bytes that an answer of `/v1/sql` may take, as the engine holds it and as text; one that takes more is refused',
  ),
  SERVE_CLICKHOUSE_PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: 'must be a port: 0 to 65535' })
    .transform(Number)
    .pipe(z.number().max(65_535))
    .optional()
    .describe(
      '`serve`: port on which clients of ClickHouse are answered (docs/sql.md); 0 means a free one. Without it, they are not. `--clickhouse-port` is the stronger one',
    ),
  HTTP_QUESTIONS_AT_ONCE: integer(64, 1, 100_000).describe(
    'Questions over HTTP that a process answers at once; beyond that, it answers 503',
  ),
  HTTP_QUESTIONS_OF_KEY_AT_ONCE: integer(32, 1, 100_000).describe(
    'Questions over HTTP that one key may ask at once, unless the key has a limit of its own; beyond that, it gets 429',
  ),
})
