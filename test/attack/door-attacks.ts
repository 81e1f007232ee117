import { attacks } from './attack-statements.ts'

/** A request to the door for clients of ClickHouse that tries to learn of another tenant, and of which kind it is. */
export interface DoorAttack {
  readonly kind: string
  readonly sql: string
  readonly url?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

const STATEMENTS = [
  'SELECT count() FROM events',
  'SELECT backend, count() FROM outcomes GROUP BY backend ORDER BY backend LIMIT 3',
  "SELECT count() FROM outcomes WHERE tenant_id = 'rival'",
  'SELECT event_id FROM outcomes ORDER BY event_id LIMIT 5',
] as const

/** Settings of the URL, each with each of the statements. */
const SETTINGS: readonly Readonly<Record<string, string>>[] = [
  { max_rows_to_read: '100' },
  { max_bytes_to_read: '100' },
  { max_rows_to_read_leaf: '310' },
  { read_overflow_mode: 'break' },
  { max_memory_usage: '1000000' },
  { max_memory_usage: '20000000' },
  { max_threads: '1' },
  { max_block_size: '1' },
  { max_block_size: '310' },
  { max_result_rows: '1' },
  { max_result_rows: '2', result_overflow_mode: 'break' },
  { max_result_rows: '350' },
  { max_result_bytes: '10' },
  { max_execution_time: '0.001' },
  { limit: '1' },
  { limit: '2', offset: '1' },
  { select: 'tenant_id' },
  { filter: "tenant_id = 'rival'" },
  { additional_result_filter: 'throwIf(1)' },
  { readonly: '0' },
  { readonly: '2' },
  { allow_ddl: '1' },
  { optimize_move_to_prewhere: '1' },
  { optimize_use_projections: '1' },
  { use_query_cache: '1' },
  { use_query_condition_cache: '1' },
  { force_primary_key: '1' },
  { force_index_by_date: '1' },
  { log_comment: 'x' },
  { extremes: '1' },
  { join_use_nulls: '1' },
  { transform_null_in: '1' },
  { group_by_use_nulls: '1' },
  { cast_keep_nullable: '1' },
  { prefer_column_name_to_alias: '1' },
  { aggregate_functions_null_for_empty: '1' },
  { session_timezone: 'Asia/Tokyo' },
  { session_timezone: "UTC', readonly=0, x='" },
  { format_csv_delimiter: "', readonly = 0, x = '" },
  { output_format_json_quote_64bit_integers: '1) SETTINGS readonly=0' },
  { send_progress_in_http_headers: '1', http_headers_progress_interval_ms: '1' },
  { wait_end_of_query: '1', buffer_size: '1' },
  { profile: 'default' },
  { role: 'admin' },
  { compatibility: '22.1' },
  { database: 'DATABASE' },
  { database: 'system' },
  { database: 'rival' },
  { tenant_id: 'rival' },
  { tenant_id: 'nobody' },
  { session_id: 's', session_timeout: '3600' },
  { session_id: 's', session_check: '1' },
  { query_id: 'one' },
  { quota_key: 'rival' },
  { stacktrace: '1' },
  { consistency: 'eventual' },
  { consistency: 'whatever' },
  { client_protocol_version: '54460', default_format: 'Native' },
  { compress: '1', default_format: 'RowBinary' },
  { decompress: '1' },
  { param_x: '1' },
  { implicit_table_at_top_level: 'EVENTS_TABLE' },
  { default_table_engine: 'Memory' },
  { query: 'SELECT 1;' },
  { query: 'SELECT * FROM (' },
]

const FORMATS = (
  'JSON JSONCompact JSONStrings JSONColumnsWithMetadata JSONEachRowWithProgress JSONStringsEachRowWithProgress XML Pretty PrettyCompact Vertical Native ' +
  'RowBinaryWithNamesAndTypes Parquet Arrow ArrowStream ORC Avro MsgPack TSKV TabSeparatedWithNamesAndTypes CSVWithNames Values Markdown ' +
  'SQLInsert Template Protobuf CapnProto Npy Hash Prometheus Null RawBLOB LineAsString MySQLWire PostgreSQLWire ODBCDriver2 nothing'
).split(' ')

/** Expressions that fail, or answer otherwise, on a foreign row. */
const CONDITIONS = [
  'toUInt32(assumeNotNull(backend)) = 1',
  "intDiv(1, tenant_id != 'rival') = 1",
  "if(backend LIKE 'RIVAL%', toUInt32(assumeNotNull(backend)), 0) = 0",
  'toFixedString(tenant_id, 4) != repeat(char(0), 4)',
  "tenant_id = 'rival'",
  "tenant_id = 'acme' OR 1 = 1",
  '1 = 1) OR (1 = 1',
  '1 = 1) UNION ALL SELECT tenant_id FROM events WHERE (1 = 1',
  '1 = 1 -- ',
  '1 = 1 /* ',
  'event_id IN (SELECT event_id FROM events)',
  'event_id IN (SELECT event_id FROM outcomes)',
  'event_id IN outcomes',
  'EXISTS (SELECT 1 FROM events)',
  "event_id IN ('a', 'b')",
  "throwIf(tenant_id = 'rival') = 0",
  "length(range(if(tenant_id = 'rival', 1000000000, 1))) = 1",
  "_part != ''",
  'rowNumberInAllBlocks() = 0',
  'count() > 1',
  '{x:String} = 1',
  '',
] as const

const FILTERED_TABLES = [
  'outcomes',
  'DATABASE.outcomes',
  'DATABASE.EVENTS_TABLE',
  'system.tables',
  '`outcomes`',
  'events, outcomes',
  'numbers(1)',
] as const

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

const FILTERS: readonly DoorAttack[] = CONDITIONS.flatMap((condition) =>
  FILTERED_TABLES.flatMap((table): DoorAttack[] => {
    const map = `{${quoted(table)} : ${quoted(condition)}}`
    const sql = 'SELECT count(), max(backend) FROM outcomes'
    return [
      { kind: 'filters', sql, url: { additional_table_filters: map } },
      { kind: 'filters', sql: `${sql} SETTINGS additional_table_filters = ${map}` },
    ]
  }),
)

const CATALOG: readonly DoorAttack[] = [
  ...'tables columns databases functions settings formats data_type_families table_engines parts parts_columns processes query_log'
    .split(' ')
    .concat(
      'merges mutations disks metrics events asynchronous_metrics errors dictionaries clusters users roles grants quotas one numbers zeros',
    )
    .concat(
      'server_settings build_options warnings stack_trace replicas detached_parts projections data_skipping_indices primes'.split(
        ' ',
      ),
    )
    .flatMap((names) => names.split(' '))
    .flatMap((name) => [
      `SELECT * FROM system.${name}`,
      `SELECT count() FROM system.${name}`,
      `DESCRIBE TABLE system.${name}`,
    ]),
  ...'tables columns schemata views key_column_usage statistics character_sets'
    .split(' ')
    .flatMap((name) => [
      `SELECT * FROM information_schema.${name}`,
      `SELECT count() FROM INFORMATION_SCHEMA.${name.toUpperCase()}`,
    ]),
  "SELECT name, total_rows, total_bytes, lifetime_rows FROM system.tables WHERE name = 'events'",
  "SELECT throwIf(name = 'EVENTS_TABLE') FROM system.tables",
  "SELECT count() FROM system.tables WHERE name = 'EVENTS_TABLE'",
  'SELECT create_table_query, as_select FROM system.tables',
  'SHOW TABLES',
  "SHOW TABLES LIKE 'events%'",
  'SHOW FULL TABLES FROM DATABASE',
  'SHOW TABLES FROM rival',
  'SHOW DATABASES',
  'SHOW CREATE TABLE events',
  'SHOW CREATE TABLE EVENTS_TABLE',
  'SHOW CREATE DATABASE DATABASE',
  'SHOW PROCESSLIST',
  'SHOW GRANTS',
  'SHOW USERS',
  'SHOW ACCESS',
  'SHOW SETTINGS',
  'SHOW INDEX FROM events',
  'SHOW COLUMNS FROM EVENTS_TABLE',
  'EXISTS TABLE DATABASE.EVENTS_TABLE',
  'EXISTS DATABASE.events',
  'EXISTS DATABASE rival',
  'DESCRIBE TABLE EVENTS_TABLE',
  'DESCRIBE TABLE events',
  'DESCRIBE (SELECT toFixedString(tenant_id, 4) FROM events)',
  "DESCRIBE (SELECT * FROM merge('DATABASE', 'events'))",
  "DESCRIBE TABLE file('/etc/passwd')",
  "DESCRIBE TABLE url('http://127.0.0.1/', CSV)",
  'CHECK TABLE events',
  'EXPLAIN SELECT 1 FROM events',
].map((sql) => ({ kind: 'catalog', sql }))

const SESSIONS: readonly DoorAttack[] = [
  'CREATE TEMPORARY TABLE mine (a UInt8)',
  'SET readonly = 0',
  'SET max_rows_to_read = 1',
  "SET additional_table_filters = {'outcomes' : '1 = 0'}",
  "SET session_timezone = 'Asia/Tokyo'",
  'SET ROLE ALL',
  'USE system',
  'USE rival',
  'SELECT currentDatabase(), timezone()',
  'SELECT count() FROM tables',
  'SELECT count() FROM outcomes',
  'SELECT * FROM mine',
  "KILL QUERY WHERE query_id = 'one'",
  "KILL QUERY WHERE user = 'default'",
  'BEGIN TRANSACTION',
].map((sql) => ({ kind: 'sessions', sql, url: { session_id: 'shared' } }))

const TAILS: readonly DoorAttack[] = [
  'SELECT 1 FORMAT JSON SETTINGS readonly = 0, max_rows_to_read = 1',
  'SELECT 1 SETTINGS max_threads = 1 FORMAT TSV',
  "SELECT 1 FORMAT TSV INTO OUTFILE '/tmp/attack'",
  "SELECT 1 INTO OUTFILE '/tmp/attack' FORMAT TSV",
  'SELECT 1 FORMAT TSV; SELECT 2',
  'SELECT 1 FORMAT `TSV`',
  'SELECT 1 FORMAT TSV UNION ALL SELECT 2',
  '(SELECT 1 SETTINGS readonly = 0)',
  'SELECT * FROM (SELECT 1 FORMAT TSV)',
  'SELECT 1 SETTINGS readonly',
  "SELECT 1 SETTINGS log_comment = 'x', log_comment = 'y'",
  "SELECT 1 FORMAT Template SETTINGS format_template_row = '/etc/passwd'",
  "SELECT * FROM VALUES('a String', (SELECT max(tenant_id) FROM events))",
  'SELECT * FROM VALUES((1, 2), (hostName(), 3))',
  "SELECT * FROM VALUES('a String DEFAULT hostName()', ('x'))",
  "SELECT * FROM VALUES('a String, b AggregateFunction(max, String)', ('x', 'y'))",
  'SELECT * FROM values((range(100000000)))',
  'SELECT hostName(), version(), currentUser(), uptime(), queryID(), FQDN(), timezone(), serverUUID()',
  'SELECT hostName(1), version() OVER (), currentUser(DISTINCT 1)',
  "SELECT (tenant_id = 'rival' ? throwIf(1) : 0) FROM events",
  "SELECT (tenant_id = 'rival' ? toUInt8('x') : 0) AS c, count() FROM events GROUP BY c",
  "SELECT count() FROM outcomes WHERE backend REGEXP if(tenant_id = 'rival', '(', 'x')",
].map((sql) => ({ kind: 'what stands behind', sql }))

const HEADERS: readonly DoorAttack[] = [
  { 'x-clickhouse-database': 'system' },
  { 'x-clickhouse-database': 'DATABASE' },
  { 'x-clickhouse-user': 'rival' },
  { 'x-clickhouse-quota': 'rival' },
  { 'x-clickhouse-format': 'JSON' },
  { 'x-clickhouse-format': 'XML' },
  { 'x-clickhouse-progress': '1' },
  { 'accept-encoding': 'lz4' },
  { 'accept-encoding': 'identity' },
  { 'content-type': 'multipart/form-data; boundary=x' },
  { 'content-encoding': 'nothing' },
  { 'x-forwarded-for': '127.0.0.1' },
].flatMap((headers) =>
  STATEMENTS.map((sql): DoorAttack => ({ kind: 'headers', sql, headers: headers as Record<string, string> })),
)

/** Every one of so many of the statements that are tried over HTTP is tried here as well. */
const STRIDE = 10

export const doorAttacks: readonly DoorAttack[] = [
  ...SETTINGS.flatMap((url) => STATEMENTS.map((sql): DoorAttack => ({ kind: 'settings', sql, url }))),
  ...FORMATS.flatMap((format) =>
    STATEMENTS.flatMap((sql): DoorAttack[] => [
      { kind: 'formats', sql: `${sql} FORMAT ${format}` },
      { kind: 'formats', sql, url: { default_format: format } },
    ]),
  ),
  ...FILTERS,
  ...CATALOG,
  ...SESSIONS,
  ...TAILS,
  ...HEADERS,
  ...attacks.filter((_, place) => place % STRIDE === 0),
]
