import { questionViews } from '../../projections/views/question-views/question-views.ts'

/** A statement that tries to learn of another tenant, and of which kind it is. */
export interface Attack {
  readonly kind: string
  readonly sql: string
}

function of(kind: string, statements: readonly string[]): Attack[] {
  return statements.map((sql) => ({ kind, sql }))
}

/** Expressions that fail, or answer otherwise, on a foreign row: by conversion, division, bounds, length, type. */
const ORACLES = [
  'toUInt32(assumeNotNull(backend))',
  "intDiv(1, tenant_id != 'rival')",
  "intDiv(1, NOT startsWith(assumeNotNull(backend), 'RIVAL'))",
  "if(tenant_id = 'acme', 1, toUInt8('x'))",
  "if(backend LIKE 'RIVAL%', toUInt32(assumeNotNull(backend)), 0)",
  'toDate(assumeNotNull(chain_id))',
  "accurateCast(assumeNotNull(backend), 'UInt8')",
  "CAST(backend, 'UInt8')",
  "repeat(assumeNotNull(backend), if(tenant_id = 'rival', 100000000, 1))",
  "range(if(tenant_id = 'rival', 1000000000, 1))",
  'toFixedString(tenant_id, 4)',
  // As long as the tenant's own topic in the tests.
  'toFixedString(topic, 29)',
  "parseDateTime(tenant_id, '%Y')",
  'unhex(assumeNotNull(backend))::UInt8',
  "toDecimal32(if(tenant_id = 'rival', 1e30, 1), 2)",
  "match(assumeNotNull(backend), if(tenant_id = 'rival', '(', 'a'))",
  'toUUID(event_id)',
] as const

/** Places in which an expression may meet rows. */
const CARRIERS: readonly ((x: string) => string)[] = [
  (x) => `SELECT count() FROM outcomes WHERE toString(${x}) != ''`,
  (x) => `SELECT count() FROM outcomes WHERE tenant_id = 'rival' AND toString(${x}) != ''`,
  (x) => `SELECT count() FROM outcomes WHERE event_id >= '' AND toString(${x}) = 'x'`,
  (x) => `SELECT toString(${x}) AS k, count() FROM events GROUP BY k ORDER BY k`,
  (x) => `SELECT max(toString(${x})) FROM events`,
  (x) => `SELECT countIf(toString(${x}) != '') FROM outcomes`,
  (x) => `SELECT DISTINCT toString(${x}) AS k FROM outcomes ORDER BY k`,
  (x) => `SELECT event_id FROM outcomes ORDER BY toString(${x}), event_id LIMIT 3`,
  (x) => `SELECT toString(${x}) AS k FROM outcomes WHERE instant < now() ORDER BY instant, event_id LIMIT 2`,
  (x) => `SELECT toString(${x}) AS k FROM outcomes WHERE event_id IN ('a', 'rival-1') OR toString(${x}) = '' LIMIT 2`,
  (x) => `SELECT count() FROM outcomes HAVING max(toString(${x})) != ''`,
  (x) => `WITH w AS (SELECT toString(${x}) AS k FROM outcomes) SELECT count() FROM w WHERE k != ''`,
  (x) => `SELECT count() FROM facts WHERE fact_id IN (SELECT toString(${x}) FROM outcomes)`,
  (x) =>
    `SELECT count() FROM (SELECT toString(${x}) AS k, * FROM outcomes) AS a INNER JOIN outcomes AS b ON a.k = b.backend`,
  (x) => `SELECT count() OVER (PARTITION BY toString(${x})) AS n FROM outcomes ORDER BY n LIMIT 2`,
  (x) => `SELECT (SELECT max(toString(${x})) FROM outcomes) AS s`,
  (x) => `SELECT count() FROM outcomes ARRAY JOIN [toString(${x})] AS k WHERE k != ''`,
]

const EARLY = of('conditions and limits within the wall', [
  'SELECT event_id FROM outcomes ORDER BY instant, event_id LIMIT 2',
  'SELECT event_id FROM outcomes ORDER BY tenant_id DESC, instant, event_id LIMIT 2',
  "SELECT event_id FROM events WHERE tenant_id >= 'rival' ORDER BY event_id LIMIT 2",
  "SELECT event_id FROM events WHERE tenant_id IN ('rival', 'acme') ORDER BY event_id LIMIT 3 OFFSET 1",
  'SELECT event_id FROM events ORDER BY event_id LIMIT 0',
  'SELECT event_id FROM events ORDER BY event_id LIMIT 2 OFFSET 100000000000000000',
  'SELECT event_id FROM events ORDER BY event_id LIMIT 18446744073709551615 OFFSET 18446744073709551615',
  "SELECT count() FROM events WHERE instant >= toDateTime('1900-01-01 00:00:00')",
  "SELECT count() FROM events WHERE instant <= toDateTime('2200-01-01 00:00:00')",
  "SELECT count() FROM events WHERE instant <= toDateTime64('2290-01-01 00:00:00', 9)",
  "SELECT count() FROM events WHERE instant <= parseDateTime64BestEffort('9999-01-01', 9)",
  "SELECT count() FROM events WHERE instant <= toDateTime64('9999-01-01 00:00:00', 3)",
  "SELECT count() FROM events WHERE instant <= parseDateTimeBestEffort('rival')",
  'SELECT count() FROM events WHERE instant <= toDateTime(-1)',
  'SELECT count() FROM events WHERE instant <= toDate(1e30)',
  'SELECT count() FROM events WHERE instant <= now() + INTERVAL 4000000000 YEAR',
  'SELECT count() FROM events WHERE instant <= addMonths(now(), 100000000000)',
  "SELECT count() FROM events WHERE instant BETWEEN toStartOfDay(now(), 'rival') AND now()",
  "SELECT count() FROM events WHERE kind IN ('OutcomeRecorded', 'rival')",
  "SELECT count() FROM events WHERE kind NOT IN ('OutcomeRecorded')",
  "SELECT count() FROM outcomes WHERE backend NOT IN ('RIVAL-1')",
  'SELECT backend FROM outcomes ORDER BY backend NULLS FIRST, event_id LIMIT 2',
  'SELECT payload FROM events ORDER BY payload DESC LIMIT 1',
])

const VALUES_OF_OTHERS = of('a foreign tenant in a predicate', [
  "SELECT count() FROM events WHERE tenant_id = 'rival'",
  "SELECT count() FROM events WHERE tenant_id != 'acme'",
  "SELECT * EXCEPT (logged_at, sequence, topic, offset) FROM outcomes WHERE tenant_id = 'acme' OR 1 = 1 ORDER BY event_id",
  "SELECT count() FROM events WHERE tenant_id IN ('acme', 'rival')",
  "SELECT count() FROM events WHERE tenant_id LIKE '%'",
  "SELECT count() FROM events WHERE topic LIKE '%rival'",
  'SELECT tenant_id, count() FROM events GROUP BY tenant_id ORDER BY tenant_id',
  'SELECT uniqExact(tenant_id), min(tenant_id), max(tenant_id) FROM events',
  'SELECT groupUniqArray(tenant_id) FROM dead_letters',
  'SELECT tenant_id FROM artifact_states',
  'SELECT event_id, events FROM reused_event_ids ORDER BY event_id',
  "SELECT count() FROM events WHERE NOT (tenant_id = 'acme')",
  'SELECT count() FROM events HAVING count() > 10',
  'SELECT count() FROM outcomes AS a, outcomes AS b WHERE a.tenant_id != b.tenant_id',
  "SELECT count() FROM events WHERE payload LIKE '%RIVAL%'",
  'SELECT quantileExact(0.99)(latency_ms), sum(tokens), uniqHLL12(chain_id) FROM outcomes',
  'SELECT topK(5)(backend) FROM outcomes',
  "SELECT count() FROM outcomes WHERE chain_id = 'rival-chain'",
  "SELECT count() FROM outcomes WHERE event_id = 'rival-1'",
  'SELECT backend FROM outcomes ORDER BY latency_ms DESC, event_id LIMIT 5',
])

const TENANT_COLUMN = of('something else in the place of the tenant’s column', [
  "WITH 'acme' AS tenant_id SELECT count() FROM events",
  "WITH 'acme' AS tenant_id SELECT uniqExact(backend) FROM outcomes WHERE tenant_id = 'acme'",
  "SELECT 'acme' AS tenant_id, count() FROM events",
  "SELECT 'acme' AS tenant_id, backend FROM outcomes ORDER BY backend LIMIT 400",
  "WITH (SELECT 'acme') AS tenant_id SELECT count() FROM events",
  "WITH tenant_id AS (SELECT 'acme' AS tenant_id) SELECT count() FROM events",
  "SELECT count() FROM (SELECT 'acme' AS tenant_id) AS events",
  "SELECT arrayMap(tenant_id -> (SELECT count() FROM events), ['acme'])",
  'WITH 1 AS `own:rows` SELECT count() FROM events',
  "WITH tuple('acme') AS `own:rows` SELECT count() FROM events",
  'SELECT `own:rows`.tenant_id FROM events',
  'SELECT `own:rows`.* FROM events',
  "SELECT count() FROM events AS `own:rows` WHERE `own:rows`.tenant_id != ''",
  "SELECT * REPLACE ('acme' AS tenant_id) FROM events",
  'SELECT * APPLY(count) FROM events',
  "SELECT count() FROM events WHERE true OR tenant_id = ''",
  "SELECT count() FROM outcomes WHERE backend >= 'RIVAL' AND backend <= 'RIVALZ'",
  "SELECT toString(1) AS backend, count() FROM outcomes WHERE backend = 'RIVAL-7' GROUP BY backend",
  'SELECT count() FROM outcomes QUALIFY count() OVER () > 0',
  'SELECT count() FROM outcomes GROUP BY ALL WITH TOTALS',
])

const TABLES = of('tables of the base in every spelling', [
  'SELECT * FROM EVENTS_TABLE',
  'SELECT * FROM `EVENTS_TABLE`',
  'SELECT * FROM "EVENTS_TABLE"',
  'SELECT * FROM DATABASE.EVENTS_TABLE',
  'SELECT * FROM `DATABASE`.`EVENTS_TABLE`',
  'SELECT * FROM `DATABASE.EVENTS_TABLE`',
  'SELECT * FROM DATABASE . EVENTS_TABLE',
  'SELECT * FROM DATABASE/**/./**/EVENTS_TABLE',
  "SELECT 'x' IN EVENTS_TABLE",
  "SELECT 'x' IN (EVENTS_TABLE)",
  "SELECT 'x' IN DATABASE.EVENTS_TABLE",
  "SELECT 'x' NOT IN `EVENTS_TABLE`",
  "SELECT ('x') IN ((EVENTS_TABLE))",
  "SELECT in('x', EVENTS_TABLE)",
  'WITH EVENTS_TABLE AS (SELECT 1 AS x) SELECT * FROM DATABASE.EVENTS_TABLE',
  'WITH x AS (SELECT * FROM EVENTS_TABLE) SELECT * FROM x',
  'SELECT (SELECT count() FROM EVENTS_TABLE)',
  'SELECT EXISTS (SELECT 1 FROM EVENTS_TABLE)',
  'SELECT * FROM events JOIN EVENTS_TABLE AS t ON 1 = 1',
  'SELECT * FROM events, EVENTS_TABLE',
  'SELECT EVENTS_TABLE.tenant_id FROM events',
  'SELECT 1 UNION ALL SELECT count() FROM EVENTS_TABLE',
  'SELECT * FROM events AS a ASOF JOIN EVENTS_TABLE AS b ON a.event_id = b.event_id AND a.instant > b.instant',
  'SELECT * FROM (SELECT * FROM EVENTS_TABLE)',
  'TABLE EVENTS_TABLE',
  'FROM EVENTS_TABLE SELECT *',
  'SELECT * FROM default.events',
  'SELECT * FROM system.events',
  'SELECT * FROM {t:Identifier}',
  'WITH RECURSIVE r AS (SELECT 1 AS x UNION ALL SELECT x FROM EVENTS_TABLE) SELECT * FROM r',
])

const TABLE_FUNCTIONS = [
  "merge('DATABASE', 'events')",
  "merge('events')",
  "mergeTreeProjection('DATABASE', 'EVENTS_TABLE', 'by_hour')",
  "mergeTreeIndex('DATABASE', 'EVENTS_TABLE')",
  "mergeTreeAnalyzeIndexes('DATABASE', 'EVENTS_TABLE')",
  "mergeTreePartInfo('DATABASE', 'EVENTS_TABLE')",
  "loop('DATABASE', 'EVENTS_TABLE')",
  'view(SELECT * FROM events)',
  "viewIfPermitted(SELECT 1 ELSE null('x Int'))",
  "viewExplain('EXPLAIN', '', (SELECT 1))",
  "file('/etc/passwd', 'LineAsString')",
  "fileCluster('x', '/etc/passwd', 'LineAsString')",
  "filesystem('/etc')",
  "url('http://127.0.0.1:1/', 'LineAsString')",
  "urlCluster('x', 'http://127.0.0.1:1/', 'LineAsString')",
  "s3('http://127.0.0.1:1/b/k', 'LineAsString')",
  "remote('127.0.0.1', 'DATABASE', 'EVENTS_TABLE')",
  "remoteSecure('127.0.0.1', 'DATABASE', 'EVENTS_TABLE')",
  "cluster('default', 'DATABASE', 'EVENTS_TABLE')",
  "clusterAllReplicas('default', 'DATABASE', 'EVENTS_TABLE')",
  "mysql('127.0.0.1:1', 'd', 't', 'u', 'p')",
  "postgresql('127.0.0.1:1', 'd', 't', 'u', 'p')",
  "sqlite('/tmp/x.db', 't')",
  "executable('x', 'TSV', 'a String')",
  "input('a String')",
  "dictionary('d')",
  "generateRandom('a String')",
  'generateSeries(1, 3)',
  "null('a String')",
  "values('a String', 'b')",
  'zeros(3)',
  'numbers_mt(3)',
  'primes(3)',
  "format('JSONEachRow', '{\"a\":1}')",
  "python('x')",
  "fuzzJSON('x')",
  "timeSeriesData('DATABASE', 'x')",
  "iceberg('http://127.0.0.1:1/')",
  "hdfs('hdfs://127.0.0.1:1/x')",
  "azureBlobStorage('x', 'y')",
  "redis('127.0.0.1:1', 'k', 'k String')",
  "mongodb('127.0.0.1:1', 'd', 'c', 'u', 'p', 'a String')",
  "jdbc('x', 'y', 'z')",
  "odbc('x', 'y', 'z')",
] as const

const FUNCTION_PLACES: readonly ((f: string) => string)[] = [
  (f) => `SELECT * FROM ${f} LIMIT 1`,
  (f) => `SELECT 1 IN ${f}`,
  (f) => `WITH w AS (SELECT * FROM ${f}) SELECT count() FROM w`,
  (f) => `SELECT (SELECT * FROM ${f} LIMIT 1)`,
  (f) => `SELECT ${f}`,
  (f) => `SELECT 1 FROM events JOIN ${f} AS t ON 1 = 1`,
]

const SYSTEM = of(
  'system tables',
  (
    'tables columns databases parts parts_columns processes settings functions query_log errors metrics events asynchronous_metrics disks ' +
    'projection_parts data_skipping_indices merges mutations dictionaries users grants row_policies one numbers stack_trace'
  )
    .split(' ')
    .map((table) => `SELECT * FROM system.${table} LIMIT 1`)
    .concat(
      'SELECT * FROM information_schema.tables',
      'SELECT * FROM INFORMATION_SCHEMA.COLUMNS',
      'SELECT 1 IN system.one',
      'SHOW TABLES',
      'SHOW CREATE TABLE DATABASE.events',
      'SHOW PROCESSLIST',
      'DESCRIBE TABLE DATABASE.EVENTS_TABLE',
      'EXISTS TABLE DATABASE.EVENTS_TABLE',
      'CHECK TABLE DATABASE.EVENTS_TABLE',
      'SELECT * FROM `system`.`tables`',
      'SELECT * FROM "system".tables',
    ),
)

const EXPLAINS = of('EXPLAIN', [
  'EXPLAIN SELECT * FROM events',
  'EXPLAIN indexes = 1 SELECT * FROM events',
  'EXPLAIN ESTIMATE SELECT * FROM events',
  'EXPLAIN AST SELECT 1',
  'EXPLAIN QUERY TREE SELECT 1',
  'EXPLAIN PIPELINE SELECT 1',
  "EXPLAIN AST SELECT 1; SELECT 'x' INTO OUTFILE '/tmp/attack'",
  'SELECT * FROM (EXPLAIN SELECT 1)',
  'explain/**/select 1',
])

const SETTINGS = of('settings and formats in the text', [
  'SELECT 1 SETTINGS readonly = 0',
  'SELECT count() FROM events SETTINGS additional_table_filters = {}',
  'SELECT * FROM (SELECT 1 SETTINGS max_execution_time = 0)',
  'SELECT count() FROM events SETTINGS optimize_move_to_prewhere = 1',
  'SET readonly = 0',
  'SELECT 1; SET readonly = 0',
  'SELECT 1 FORMAT Template',
  'SELECT 1 FORMAT Null',
  "SELECT 1 INTO OUTFILE '/tmp/attack'",
  "SELECT 1 INTO OUTFILE '/tmp/attack' TRUNCATE",
  "SELECT 1 INTO OUTFILE '/tmp/attack' AND STDOUT FORMAT CSV",
  "(SELECT 1) INTO OUTFILE '/tmp/attack'",
  "SELECT 1 UNION ALL SELECT 2 INTO OUTFILE '/tmp/attack'",
  'USE system',
  'SELECT 1; USE system',
  'SELECT 1 PARALLEL WITH SELECT 2',
  'SELECT count() FROM events PREWHERE tenant_id != 1',
  'SELECT count() FROM events FINAL',
  'SELECT count() FROM events SAMPLE 1/10',
  'SELECT 1 LIMIT 1 SETTINGS max_threads = 1 FORMAT JSON',
])

const WRITES = of('writes', [
  'INSERT INTO events SELECT 1',
  "INSERT INTO FUNCTION file('/tmp/attack') SELECT 1",
  'CREATE TABLE x (a Int) ENGINE = Memory',
  'CREATE TEMPORARY TABLE x (a Int)',
  'CREATE VIEW x AS SELECT 1',
  'CREATE FUNCTION f AS x -> x',
  "CREATE DICTIONARY d (a Int) PRIMARY KEY a SOURCE(FILE(path '/etc/passwd' format 'CSV')) LAYOUT(FLAT())",
  'DROP TABLE events',
  'DROP VIEW DATABASE.events',
  'TRUNCATE TABLE DATABASE.EVENTS_TABLE',
  'ALTER TABLE DATABASE.EVENTS_TABLE DELETE WHERE 1',
  'DELETE FROM DATABASE.EVENTS_TABLE WHERE 1',
  'UPDATE DATABASE.EVENTS_TABLE SET backend = 1 WHERE 1',
  'RENAME TABLE DATABASE.events TO DATABASE.e',
  'EXCHANGE TABLES a AND b',
  'OPTIMIZE TABLE DATABASE.EVENTS_TABLE FINAL',
  'DETACH TABLE DATABASE.EVENTS_TABLE',
  'SYSTEM SHUTDOWN',
  'SYSTEM FLUSH LOGS',
  'KILL QUERY WHERE 1',
  'BACKUP DATABASE DATABASE TO Disk()',
  'GRANT ALL ON *.* TO default',
  'SET ROLE ALL',
  'SELECT 1; DROP TABLE DATABASE.events',
  'BEGIN TRANSACTION',
])

const SERVER = of(
  'functions of the server, of sessions and of storage',
  (
    "hostName() fqdn() version() uptime() timezone() serverTimezone() currentUser() user() currentDatabase() database() queryID() connectionId() getSetting('readonly') " +
    "getServerSetting('max_threads') getMacro('x') getOSKernelVersion() displayName() tcpPort() buildId() currentRoles() isIPAddressInRange('a','b') " +
    "file('/etc/passwd') dictGet('d','a',1) dictHas('d',1) joinGet('t','a',1) hasColumnInTable('DATABASE','EVENTS_TABLE','backend') " +
    "catboostEvaluate('/etc/passwd',1) modelEvaluate('m',1) evalMLMethod(1,1) executable('x') sleep(3) sleepEachRow(1) throwIf(1) " +
    "addressToLine(1) addressToSymbol(1) demangle('x') blockNumber() blockSize() rowNumberInBlock() rowNumberInAllBlocks() " +
    "runningDifference(1) neighbor(1,1) byteSize(1) blockSerializedSize(1) dumpColumnStructure(1) lowCardinalityKeys(toLowCardinality('a')) " +
    "lowCardinalityIndices(toLowCardinality('a')) currentProfiles() defaultRoles() filesystemAvailable() filesystemCapacity() zookeeperSessionUptime() " +
    "partitionId(1) getSubcolumn(tuple(1),'1') initialQueryID() shardNum() getClientHTTPHeader('authorization') showCertificate() " +
    "nonexistent() __getScalar('x') __bitWrapperFunc(1) ignore(1) identity(1) materialize(1) rand() generateUUIDv4() serverUUID() " +
    "globalIn(1,events) in(1,events) notIn(1,EVENTS_TABLE) nullIn(1,EVENTS_TABLE) exists(events) reverseDNSQuery('x') tableFunction()"
  )
    .split(' ')
    .flatMap((call) => [`SELECT ${call}`, `SELECT ${call} FROM outcomes LIMIT 1`]),
)

const TEXT_AGGREGATES = of('functions named in a text, and states', [
  "SELECT arrayReduce('groupArray', [1])",
  "SELECT arrayReduceInRanges('sum', [(1, 2)], [1, 2])",
  "SELECT initializeAggregation('sumState', 1)",
  "SELECT finalizeAggregation(initializeAggregation('sumState', 1))",
  'SELECT sumState(tokens) FROM outcomes',
  'SELECT sumMerge(sumState(tokens)) FROM outcomes',
  'SELECT sumForEach([tokens]) FROM outcomes',
  'SELECT sumResample(0, 10, 1)(tokens, latency_ms) FROM outcomes',
  'SELECT sumSimpleState(tokens) FROM outcomes',
  "SELECT CAST(x, 'AggregateFunction(sum, UInt8)') FROM (SELECT 1 AS x)",
  'SELECT runningAccumulate(sumState(1))',
  'SELECT arrayFold((a, x) -> a + x, [1], 0)',
  'SELECT aggThrow(0.5)(1)',
  "SELECT formatQuery('SELECT 1')",
  "SELECT formatRow('CSV', 1)",
  'SELECT toIntervalDay(1) + (SELECT max(instant) FROM outcomes)',
])

const VIRTUAL = of(
  'virtual columns',
  '_part _part_index _part_offset _part_uuid _partition_id _partition_value _sample_factor _row_exists _block_number _block_offset _table _database _part_data_version _distance'
    .split(' ')
    .flatMap((column) => [
      `SELECT ${column} FROM events`,
      `SELECT events.${column} FROM events`,
      `SELECT count() FROM outcomes WHERE \`${column}\` = 1`,
    ]),
)

const PARSERS = of('what two parsers may read otherwise', [
  "SELECT '\\' OR 1=1 --' FROM events",
  "SELECT 'a''b' FROM events LIMIT 1",
  "SELECT $$'$$, $a$ $$ $a$",
  'SELECT 1 --\nFROM events',
  'SELECT 1 /* /* */ FROM EVENTS_TABLE */',
  "SELECT 1 /* ' */ FROM events LIMIT 1",
  'SELECT 1 # FROM events\n',
  'SELECT `a` FROM (SELECT 1 AS `a`)',
  'SELECT "a`b" FROM (SELECT 1 AS "a`b")',
  'SELECT `a\\`b` FROM (SELECT 1 AS `a\\`b`)',
  "SELECT '\\x27 FROM system.tables --'",
  "SELECT 'x' 'y'",
  'SELECT\u00a01',
  'SELECT\u20031',
  'SELECT 1\u0000',
  'ＳＥＬＥＣＴ 1',
  'SELECT 1;',
  'SELECT 1;;',
  'SELECT 1; -- x',
  'SELECT 1 ;/* x */',
  'SELECT (1)',
  'SELECT ((((((((1))))))))',
  'SELECT -1, - -1, -(-1), +1',
  'SELECT 1--1\n',
  'SELECT 0x10, 0b11, 1_000, .5, 5., 1e5, nan, inf, -inf',
  'SELECT 1.2.3',
  'SELECT 1e400',
  'SELECT 99999999999999999999999999999999999999999999',
  'SELECT [1,2,3][2], (1,2).2, map(1,2)[1]',
  'SELECT {p:String}',
  'SELECT {p:UInt8} + ?',
  'SELECT @@version',
  'SELECT a.b.c.d.e FROM events AS a',
  "SELECT e'\\x41'",
  "SELECT N'x'",
  "SELECT x'41'",
  "SELECT b'01'",
  'SELECT * FROM events e WHERE e.tenant_id = `e`.`tenant_id` LIMIT 0',
  'SELECT 1 AS `with:a`, 2 AS `cte:a`',
  'SELECT CASE 1 WHEN 1 THEN CASE 2 WHEN 2 THEN 3 END END',
  'SELECT NOT NOT 1',
  'SELECT 1 IS NOT NULL IS NULL',
  "SELECT 'İ' = lower('İ')",
  'SELECT `SELECT` FROM (SELECT 1 AS `SELECT`)',
  'SELECT 1 AS select',
  'WITH (1) AS x SELECT x',
  'SELECT tuple(*) FROM outcomes',
  'SELECT count(* ) FROM outcomes',
  'SELECT outcomes.* FROM outcomes LIMIT 0',
  'SELECT o.* EXCEPT (payload) FROM outcomes AS o LIMIT 0',
])

const COUNTERS = of('oracles by counters, limits and order', [
  'SELECT count() FROM numbers(3) AS n, events',
  'SELECT count() FROM events LIMIT 1 OFFSET 1',
  'SELECT event_id FROM events ORDER BY event_id LIMIT 400, 1',
  'SELECT event_id FROM outcomes ORDER BY event_id LIMIT 1 BY tenant_id',
  'SELECT rank() OVER (ORDER BY latency_ms), event_id FROM outcomes ORDER BY event_id LIMIT 5',
  'SELECT count() OVER () AS n FROM events LIMIT 1',
  'SELECT groupArray(3)(event_id) FROM (SELECT event_id FROM outcomes ORDER BY event_id)',
  'SELECT tenant_id, count() FROM events GROUP BY CUBE(tenant_id) ORDER BY 1, 2',
  'SELECT min(offset), max(offset) FROM events',
  'SELECT max(instant), min(instant), uniqExact(topic) FROM events',
  'SELECT sum(length(payload)) FROM events',
  'SELECT anyHeavy(backend), any(tenant_id) FROM outcomes',
  'SELECT kind, count() FROM events GROUP BY kind ORDER BY kind',
  'SELECT toStartOfHour(instant) AS h, count() FROM events GROUP BY h ORDER BY h',
  'SELECT hour, count(), sum(tokens) FROM outcomes GROUP BY hour ORDER BY hour',
])

const EXHAUSTION = of('exhaustion', [
  'SELECT count() FROM numbers(100000000000)',
  'SELECT range(1000000000)',
  "SELECT length(repeat('x', 4000000000))",
  'SELECT arrayMap(x -> range(1000000), range(100000))',
  `SELECT ${'('.repeat(500)}1${')'.repeat(500)}`,
  `SELECT ${'NOT '.repeat(500)}1`,
  `SELECT ${'-'.repeat(1)}${'(-'.repeat(200)}1${')'.repeat(200)}`,
  `SELECT 1${' + 1'.repeat(3000)}`,
  `SELECT 1${' AND 1'.repeat(3000)}`,
  `SELECT ${'['.repeat(300)}${']'.repeat(300)}`,
  `SELECT 1${' UNION ALL SELECT 1'.repeat(100)}`,
  `SELECT ${Array.from({ length: 3000 }, (_, n) => n).join(',')} FROM numbers(0)`,
  `SELECT 1 FROM ${Array.from({ length: 100 }, (_, n) => `events AS e${n}`).join(', ')}`,
  `SELECT ${"'".repeat(1001)}`,
  `/*${'/*'.repeat(1000)}`,
  `SELECT CAST(1, '${'Array('.repeat(200)}UInt8${')'.repeat(200)}')`,
])

const OF_SEVERAL_EVENTS = of('views of several events', [
  ...questionViews.flatMap(({ name: view, columns }) => [
    `SELECT * FROM ${view} ORDER BY ${Object.keys(columns).join(', ')}`,
    `SELECT count(), uniqExact(tenant_id), min(tenant_id), max(tenant_id) FROM ${view}`,
    `SELECT count() FROM ${view} WHERE tenant_id = 'rival'`,
    `SELECT count() FROM ${view} WHERE intDiv(1, tenant_id != 'rival') = 1`,
    `SELECT toFixedString(tenant_id, 4), count() FROM ${view} GROUP BY 1`,
    `WITH 'acme' AS tenant_id, 1 AS instant, 'x' AS source, 'rival' AS chain_id, now() AS hour SELECT count() FROM ${view}`,
    `WITH (SELECT 'rival' AS tenant_id) AS event SELECT count() FROM ${view}`,
    `WITH tuple('rival') AS \`own:event\` SELECT count() FROM ${view}`,
    `WITH \`own:event\` AS (SELECT 'rival' AS tenant_id) SELECT count() FROM ${view}`,
    `SELECT \`own:event\`.tenant_id, \`own:found\`.source FROM ${view}`,
    `SELECT arrayMap(\`own:x\` -> 1, [1]) FROM ${view} LIMIT 1`,
    `SELECT payload FROM ${view}`,
    `SELECT source, partition FROM ${view}`,
    `SELECT count() FROM ${view} AS a INNER JOIN ${view} AS b ON a.tenant_id != b.tenant_id`,
    `SELECT count() FROM ${view} WHERE (SELECT count() FROM ${view}) > 0`,
    `SELECT tenant_id IN ${view} FROM events LIMIT 1`,
  ]),
  'SELECT toUInt32(assumeNotNull(chain_id)) FROM chain_retries',
  'SELECT r.chain_id, count() FROM chain_retries AS r LEFT JOIN outcome_policies AS p ON r.chain_id = p.chain_id GROUP BY 1 ORDER BY 1',
  "SELECT count() FROM outcome_policies WHERE instant >= '2026-04-01' AND intDiv(1, event_id NOT LIKE 'rival%') = 1",
  "SELECT count() FROM outcome_policies WHERE instant >= 'no time'",
  "SELECT count() FROM outcome_costs WHERE hour >= 'no time'",
  "SELECT count() FROM outcome_adapters WHERE step = 'no step'",
  "SELECT count() FROM gate_waits WHERE verdict = 'Maybe'",
  'SELECT sum(toUInt8(wait_ms)) FROM gate_waits',
  'SELECT policy_hash, uniqExact(kernel_hash), max(kernel_policies), max(chain_policies) FROM outcome_policies GROUP BY 1 ORDER BY 1',
  'SELECT adapter_id, artifact_state, count() FROM outcome_adapters GROUP BY ALL ORDER BY 1, 2',
])

/** Every statement, with DATABASE and EVENTS_TABLE in place of names that a store has. */
export const attacks: readonly Attack[] = [
  ...ORACLES.flatMap((oracle) => CARRIERS.map((carrier) => ({ kind: 'oracles by exception', sql: carrier(oracle) }))),
  ...EARLY,
  ...VALUES_OF_OTHERS,
  ...TENANT_COLUMN,
  ...TABLES,
  ...TABLE_FUNCTIONS.flatMap((f) => FUNCTION_PLACES.map((place) => ({ kind: 'table functions', sql: place(f) }))),
  ...SYSTEM,
  ...EXPLAINS,
  ...SETTINGS,
  ...WRITES,
  ...SERVER,
  ...TEXT_AGGREGATES,
  ...VIRTUAL,
  ...PARSERS,
  ...COUNTERS,
  ...OF_SEVERAL_EVENTS,
  ...EXHAUSTION,
]
