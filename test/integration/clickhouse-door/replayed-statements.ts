/** What a tool sends, as its sources have it (versions of August 2026). OURS stands for the database. */
export interface Replay {
  readonly tool: string
  /** What stands in the URL. */
  readonly url: Readonly<Record<string, string>>
  readonly statements: readonly string[]
}

const TYPES_OF_ODBC = ['String', 'UInt64', 'DateTime']
  .map(
    (name) =>
      `SELECT '${name}' AS TYPE_NAME, toInt16(12) AS DATA_TYPE, toInt32(16777215) AS COLUMN_SIZE, NULL AS LITERAL_PREFIX`,
  )
  .join(' UNION ALL ')

export const REPLAYS: readonly Replay[] = [
  {
    tool: 'Grafana',
    url: { default_format: 'Native', client_protocol_version: '54460', max_execution_time: '65' },
    statements: [
      'SELECT displayName(), version(), revision(), timezone()',
      'SELECT 1',
      'SELECT version()',
      'SHOW DATABASES',
      'SHOW TABLES FROM "OURS"',
      'DESC TABLE "OURS"."outcomes"',
      'SELECT name, type, table FROM system.columns',
      "SELECT name, type, table FROM system.columns WHERE database IN ('OURS') AND table='outcomes'",
      'SELECT name, is_aggregate, case_insensitive, alias_to, origin, description, syntax, arguments, returned_value, examples, categories FROM system.functions LIMIT 10000',
      'SELECT DISTINCT backend FROM OURS.outcomes WHERE backend IS NOT NULL LIMIT 1000',
      'SELECT toStartOfInterval(instant, INTERVAL 60 second) AS time, count() AS n FROM outcomes WHERE instant >= fromUnixTimestamp64Milli(1700000000000) AND instant <= fromUnixTimestamp64Milli(1900000000000) GROUP BY time ORDER BY time',
      String.raw`SELECT backend FROM OURS.outcomes settings additional_table_filters={'OURS.outcomes' : ' backend = \'x\' '}`,
      String.raw`SELECT backend FROM outcomes LIMIT 5 settings additional_table_filters={'outcomes' : ' backend IN (\'x\',\'z\') AND step REGEXP \'Plan\' '}`,
    ],
  },
  {
    tool: 'Metabase',
    url: { select_sequential_consistency: '1', session_timezone: 'Europe/Berlin', compress: '1' },
    statements: [
      "WITH s AS (SELECT version() AS ver, splitByChar('.', ver) AS verSplit) SELECT s.ver, toInt32(verSplit[1]), toInt32(verSplit[2]) FROM s",
      'SELECT timezone() AS tz',
      "SELECT value='1' FROM system.settings WHERE name='cloud_mode'",
      "SELECT count(*) > 0 FROM system.databases WHERE name = 'OURS'",
      'SELECT `OURS`.`outcomes`.`backend` AS `backend`, count(*) AS `count` FROM `OURS`.`outcomes` WHERE `OURS`.`outcomes`.`passed` = true GROUP BY `OURS`.`outcomes`.`backend` ORDER BY `OURS`.`outcomes`.`backend` ASC',
      'SELECT toStartOfDay(`OURS`.`outcomes`.`instant`) AS `instant`, sum(`OURS`.`outcomes`.`cost_usd`) AS `sum` FROM `OURS`.`outcomes` WHERE `OURS`.`outcomes`.`instant` >= toStartOfDay(now64(3) - INTERVAL 30000 day) GROUP BY toStartOfDay(`OURS`.`outcomes`.`instant`) ORDER BY toStartOfDay(`OURS`.`outcomes`.`instant`) ASC',
    ],
  },
  {
    tool: 'Superset',
    url: { enable_http_compression: '1', session_id: 'superset-1', wait_end_of_query: '1' },
    statements: [
      'SELECT currentDatabase()',
      'SHOW DATABASES',
      'EXISTS DATABASE `OURS`',
      'SHOW TABLES FROM `OURS`',
      'EXISTS TABLE `OURS`.`outcomes`',
      "SELECT engine, engine_full, comment FROM system.tables WHERE database = 'OURS' AND name = 'outcomes'",
      'DESCRIBE TABLE `OURS`.`outcomes`',
      'SELECT * FROM (SELECT backend FROM outcomes) LIMIT 0',
      'SELECT name FROM system.functions UNION ALL SELECT name FROM system.table_functions LIMIT 10000',
      'SELECT toStartOfHour(toDateTime(`instant`)) AS `__timestamp`, COUNT(*) AS `count` FROM `OURS`.`outcomes` GROUP BY toStartOfHour(toDateTime(`instant`)) ORDER BY `count` DESC LIMIT 10000',
    ],
  },
  {
    tool: 'DBeaver',
    url: { session_id: 'DBeaver_1', compress: '1', default_format: 'RowBinaryWithNamesAndTypes' },
    statements: [
      'SELECT VERSION()',
      'select database()',
      'SHOW DATABASES',
      'SELECT name FROM system.table_engines',
      'SHOW CREATE TABLE OURS.outcomes',
      "SELECT name as TABLE_NAME, engine as TABLE_TYPE, database as TABLE_SCHEM, comment as REMARKS, * FROM system.tables WHERE database = 'OURS'",
      "SELECT name as TABLE_NAME, engine as TABLE_TYPE, database as TABLE_SCHEM, comment as REMARKS, * FROM system.tables WHERE database = 'OURS' and name='facts'",
      'SET readonly=1',
      "KILL QUERY WHERE query_id='none'",
      'SELECT * FROM OURS.outcomes LIMIT 0, 200',
    ],
  },
  {
    tool: 'ODBC',
    url: {
      default_format: 'ODBCDriver2',
      session_id: 'odbc',
      enable_http_compression: '0',
      cast_keep_nullable: '1',
      prefer_column_name_to_alias: '1',
    },
    statements: [
      'SELECT 1',
      'select version()',
      'SELECT 1 WHERE 0',
      "SELECT CAST(name, 'Nullable(String)') AS TABLE_CAT, CAST(NULL, 'Nullable(String)') AS TABLE_SCHEM FROM system.databases WHERE (1 == 1) ORDER BY TABLE_CAT",
      "SELECT CAST(database, 'Nullable(String)') AS TABLE_CAT, CAST('', 'Nullable(String)') AS TABLE_SCHEM, CAST(name, 'Nullable(String)') AS TABLE_NAME, CAST('TABLE', 'Nullable(String)') AS TABLE_TYPE, CAST('', 'Nullable(String)') AS REMARKS FROM system.tables WHERE (1 == 1) AND isNotNull(TABLE_CAT) AND coalesce(TABLE_CAT, '') LIKE 'OURS' ORDER BY TABLE_TYPE, TABLE_CAT, TABLE_SCHEM, TABLE_NAME",
      "SELECT cast(database, 'Nullable(String)') AS TABLE_CAT, cast('', 'Nullable(String)') AS TABLE_SCHEM, cast(substring(table, 1, 128), 'Nullable(String)') AS TABLE_NAME, cast(substring(name, 1, 128), 'Nullable(String)') AS COLUMN_NAME, cast(type, 'Nullable(String)') AS TYPE_NAME, cast(position, 'Int32') AS ORDINAL_POSITION FROM system.columns WHERE (1 == 1) AND TABLE_CAT == 'OURS' AND TABLE_NAME LIKE 'outcomes' ORDER BY TABLE_CAT, TABLE_SCHEM, TABLE_NAME, ORDINAL_POSITION",
      TYPES_OF_ODBC,
      'SELECT `outcomes`.`backend` AS `c1`, SUM(`outcomes`.`latency_ms`) AS `c2` FROM `OURS`.`outcomes` `outcomes` GROUP BY `outcomes`.`backend`',
    ],
  },
  {
    tool: 'JetBrains and others',
    url: {},
    statements: [
      'select hostName()',
      'select database()',
      "select name, type, is_in_primary_key, comment from system.columns where database = 'OURS' and table = 'outcomes' order by position",
      "SELECT table_name, column_name, data_type, column_comment FROM information_schema.columns WHERE table_schema = 'OURS' ORDER BY table_name, ordinal_position",
      'SELECT SCHEMA_NAME FROM INFORMATION_SCHEMA.SCHEMATA',
      'SHOW COLUMNS FROM outcomes FROM OURS',
      "SHOW FUNCTIONS LIKE 'count%'",
      "SHOW SETTINGS LIKE 'max%'",
    ],
  },
]
