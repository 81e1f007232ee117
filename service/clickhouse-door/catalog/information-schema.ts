import { readableViews } from '../../../projections/views/readable-views.ts'
import { constantTable, type ConstantTable, type ConstantValue } from '../../../queries/sql/constant-table.ts'
import { typeFacts, type ViewColumn } from './view-columns.ts'

/** `information_schema`, whose tables and columns have their names in small letters and in capitals. */
export function informationSchema(
  database: string,
  columns: readonly ViewColumn[],
): [name: string, table: ConstantTable][] {
  const tables = {
    schemata: schemata(database),
    tables: tablesTable(database),
    columns: columnsTable(database, columns),
    ...NONE,
  }
  return Object.entries(tables).flatMap(([name, table]): [string, ConstantTable][] => [
    [`information_schema.${name}`, inBothCases(table)],
    [`information_schema.${name.toUpperCase()}`, inBothCases(table)],
    [`INFORMATION_SCHEMA.${name}`, inBothCases(table)],
    [`INFORMATION_SCHEMA.${name.toUpperCase()}`, inBothCases(table)],
  ])
}

function inBothCases({ columns, rows }: ConstantTable): ConstantTable {
  const capitals = columns.map(({ name, type }) => ({ name: name.toUpperCase(), type }))
  return { columns: [...columns, ...capitals], rows: () => rows().map((row): ConstantValue[] => [...row, ...row]) }
}

function schemata(database: string): ConstantTable {
  const columns = {
    catalog_name: 'String',
    schema_name: 'String',
    schema_owner: 'String',
    default_character_set_catalog: 'Nullable(String)',
    default_character_set_schema: 'Nullable(String)',
    default_character_set_name: 'Nullable(String)',
    sql_path: 'Nullable(String)',
  }
  return constantTable(columns, () =>
    [database, 'INFORMATION_SCHEMA', 'information_schema', 'system'].map((name) => ({
      catalog_name: name,
      schema_name: name,
      schema_owner: 'default',
      default_character_set_catalog: null,
      default_character_set_schema: null,
      default_character_set_name: null,
      sql_path: null,
    })),
  )
}

function tablesTable(database: string): ConstantTable {
  const columns = {
    table_catalog: 'String',
    table_schema: 'String',
    table_name: 'String',
    table_type: 'String',
    table_rows: 'Nullable(UInt64)',
    data_length: 'Nullable(UInt64)',
    index_length: 'Nullable(UInt64)',
    table_collation: 'Nullable(String)',
    table_comment: 'Nullable(String)',
    engine: 'Nullable(String)',
  }
  return constantTable(columns, () =>
    [...readableViews.values()].map(({ name, comment }) => ({
      table_catalog: database,
      table_schema: database,
      table_name: name,
      table_type: 'VIEW',
      table_rows: null,
      data_length: null,
      index_length: null,
      table_collation: null,
      table_comment: comment,
      engine: 'View',
    })),
  )
}

function columnsTable(database: string, columns: readonly ViewColumn[]): ConstantTable {
  const types = {
    table_catalog: 'String',
    table_schema: 'String',
    table_name: 'String',
    column_name: 'String',
    ordinal_position: 'UInt64',
    column_default: 'String',
    is_nullable: 'String',
    data_type: 'String',
    character_maximum_length: 'Nullable(UInt64)',
    character_octet_length: 'Nullable(UInt64)',
    numeric_precision: 'Nullable(UInt64)',
    numeric_precision_radix: 'Nullable(UInt64)',
    numeric_scale: 'Nullable(UInt64)',
    datetime_precision: 'Nullable(UInt64)',
    character_set_name: 'Nullable(String)',
    collation_name: 'Nullable(String)',
    column_comment: 'String',
    column_type: 'String',
    column_key: 'String',
    extra: 'Nullable(String)',
  }
  return constantTable(types, () =>
    columns.map(({ view, name, type, comment, position }) => {
      const { isNullable, precision, radix, scale, datetimePrecision } = typeFacts(type)
      return {
        table_catalog: database,
        table_schema: database,
        table_name: view,
        column_name: name,
        ordinal_position: position,
        column_default: '',
        is_nullable: isNullable ? 'YES' : 'NO',
        data_type: type,
        character_maximum_length: null,
        character_octet_length: null,
        numeric_precision: precision,
        numeric_precision_radix: radix,
        numeric_scale: scale,
        datetime_precision: datetimePrecision,
        character_set_name: null,
        collation_name: null,
        column_comment: comment,
        column_type: type,
        column_key: '',
        extra: null,
      }
    }),
  )
}

/** What there is none of: views have no keys. */
const NONE: Readonly<Record<string, ConstantTable>> = {
  key_column_usage: none(
    'constraint_catalog constraint_schema constraint_name table_catalog table_schema table_name column_name',
  ),
  referential_constraints: none(
    'constraint_catalog constraint_schema constraint_name table_name referenced_table_name',
  ),
  table_constraints: none(
    'constraint_catalog constraint_schema constraint_name table_schema table_name constraint_type',
  ),
  statistics: none('table_catalog table_schema table_name index_schema index_name column_name'),
}

function none(columns: string): ConstantTable {
  return { columns: columns.split(' ').map((name) => ({ name, type: 'String' })), rows: () => [] }
}
