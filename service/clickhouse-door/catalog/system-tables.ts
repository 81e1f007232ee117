import { quoteText } from '../../../base/quote-sql.ts'
import { readableViews } from '../../../projections/views/readable-views.ts'
import { constantTable, type ConstantTable } from '../../../queries/sql/constant-table.ts'
import { quoteName } from '../../../queries/sql/print/quote-name.ts'
import { typeFacts, type ViewColumn } from './view-columns.ts'

const NO_ID = '00000000-0000-0000-0000-000000000000'

/** What `system.databases`, `system.tables` and `system.columns` tell: of the views, and of nothing else. */
export function tablesOfViews(
  database: string,
  columns: readonly ViewColumn[],
): [name: string, table: ConstantTable][] {
  return [
    ['databases', databases(database)],
    ['tables', tables(database, columns)],
    ['columns', columnsTable(database, columns)],
  ]
}

const OTHER_DATABASES = ['INFORMATION_SCHEMA', 'information_schema', 'system'] as const

function databases(database: string): ConstantTable {
  const columns = {
    name: 'String',
    engine: 'String',
    data_path: 'String',
    metadata_path: 'String',
    uuid: 'UUID',
    engine_full: 'String',
    comment: 'String',
  }
  const comment = (name: string): string =>
    name === database ? 'Experience events of AI agents: a view for each kind' : ''
  return constantTable(columns, () =>
    [database, ...OTHER_DATABASES].map((name) => ({
      name,
      engine: 'Memory',
      data_path: '',
      metadata_path: '',
      uuid: NO_ID,
      engine_full: 'Memory',
      comment: comment(name),
    })),
  )
}

const TABLE_COLUMNS = {
  database: 'String',
  name: 'String',
  table: 'String',
  uuid: 'UUID',
  engine: 'String',
  is_temporary: 'UInt8',
  data_paths: 'Array(String)',
  metadata_path: 'String',
  metadata_modification_time: 'DateTime',
  dependencies_database: 'Array(String)',
  dependencies_table: 'Array(String)',
  create_table_query: 'String',
  engine_full: 'String',
  as_select: 'String',
  partition_key: 'String',
  sorting_key: 'String',
  primary_key: 'String',
  sampling_key: 'String',
  storage_policy: 'String',
  total_rows: 'Nullable(UInt64)',
  total_bytes: 'Nullable(UInt64)',
  lifetime_rows: 'Nullable(UInt64)',
  lifetime_bytes: 'Nullable(UInt64)',
  comment: 'String',
  has_own_data: 'UInt8',
} as const

function tables(database: string, columns: readonly ViewColumn[]): ConstantTable {
  return constantTable(TABLE_COLUMNS, () =>
    [...readableViews.values()].map(({ name, comment }) => ({
      database,
      name,
      table: name,
      uuid: NO_ID,
      engine: 'View',
      is_temporary: 0,
      data_paths: [],
      metadata_path: '',
      metadata_modification_time: 0,
      dependencies_database: [],
      dependencies_table: [],
      create_table_query: createText(database, name, comment, columns),
      engine_full: '',
      as_select: '',
      partition_key: '',
      sorting_key: '',
      primary_key: '',
      sampling_key: '',
      storage_policy: '',
      // How many there are, nobody has counted.
      total_rows: null,
      total_bytes: null,
      lifetime_rows: null,
      lifetime_bytes: null,
      comment,
      has_own_data: 0,
    })),
  )
}

/** A view as clients may know of it: its columns. How it is made, and of which rows, is not said. */
function createText(database: string, view: string, comment: string, columns: readonly ViewColumn[]): string {
  const list = columns
    .filter((column) => column.view === view)
    .map(({ name, type, comment: meaning }) => `    ${quoteName(name)} ${type} COMMENT ${quoteText(meaning)}`)
  return `CREATE VIEW ${database}.${view}\n(\n${list.join(',\n')}\n)\nCOMMENT ${quoteText(comment)}`
}

const COLUMN_COLUMNS = {
  database: 'String',
  table: 'String',
  name: 'String',
  type: 'String',
  position: 'UInt64',
  default_kind: 'String',
  default_expression: 'String',
  data_compressed_bytes: 'UInt64',
  data_uncompressed_bytes: 'UInt64',
  marks_bytes: 'UInt64',
  comment: 'String',
  is_in_partition_key: 'UInt8',
  is_in_sorting_key: 'UInt8',
  is_in_primary_key: 'UInt8',
  is_in_sampling_key: 'UInt8',
  compression_codec: 'String',
  character_octet_length: 'Nullable(UInt64)',
  numeric_precision: 'Nullable(UInt64)',
  numeric_precision_radix: 'Nullable(UInt64)',
  numeric_scale: 'Nullable(UInt64)',
  datetime_precision: 'Nullable(UInt64)',
  serialization_hint: 'Nullable(String)',
} as const

function columnsTable(database: string, columns: readonly ViewColumn[]): ConstantTable {
  return constantTable(COLUMN_COLUMNS, () =>
    columns.map(({ view, name, type, comment, position }) => {
      const { precision, radix, scale, datetimePrecision } = typeFacts(type)
      return {
        database,
        table: view,
        name,
        type,
        position,
        default_kind: '',
        default_expression: '',
        data_compressed_bytes: 0,
        data_uncompressed_bytes: 0,
        marks_bytes: 0,
        comment,
        is_in_partition_key: 0,
        is_in_sorting_key: 0,
        is_in_primary_key: 0,
        is_in_sampling_key: 0,
        compression_codec: '',
        character_octet_length: null,
        numeric_precision: precision,
        numeric_precision_radix: radix,
        numeric_scale: scale,
        datetime_precision: datetimePrecision,
        serialization_hint: null,
      }
    }),
  )
}
