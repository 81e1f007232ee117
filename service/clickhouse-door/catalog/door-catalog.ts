import { readableViews } from '../../../projections/views/readable-views.ts'
import type { SqlCatalog } from '../../../queries/sql/names.ts'
import type { ConstantTable } from '../../../queries/sql/constant-table.ts'
import { callersFault } from '../door-error.ts'
import { serverWords, type SessionWords } from '../server-words.ts'
import type { ColumnTypes } from './column-types.ts'
import { informationSchema } from './information-schema.ts'
import { languageTables } from './language-tables.ts'
import { tablesOfViews } from './system-tables.ts'
import { viewColumns } from './view-columns.ts'

/** Databases that clients name when they have not been told of one. */
const UNTOLD: ReadonlySet<string> = new Set(['', 'default', '_', '__default__'])

/** The database that a client's name for it means. Error: 404. */
export function databaseMeant(name: string | null, database: string): string {
  if (name === null || UNTOLD.has(name) || name === database) return database
  if (/^(?:system|information_schema|INFORMATION_SCHEMA)$/.test(name)) return name
  throw callersFault(
    81,
    'UNKNOWN_DATABASE',
    `${JSON.stringify(name.slice(0, 80))} is no database: there is ${database}`,
  )
}

/**
 * What statements of a client may be about. What it asks of `system` and `information_schema` is answered from constants, which are the same
 * for all: the views, and what this door understands. `isPlain`: see `viewColumns`.
 */
export function doorCatalog(database: string, types: ColumnTypes, isPlain: boolean, words: SessionWords): SqlCatalog {
  const columns = viewColumns(types, isPlain)
  const system = [...tablesOfViews(database, columns), ...languageTables()]
  const constants: [string, ConstantTable][] = [
    ...system.map(([name, table]): [string, ConstantTable] => [`system.${name}`, table]),
    ...informationSchema(database, columns),
  ]
  return {
    database,
    views: readableViews,
    constants: new Map(constants),
    currentDatabase: words.database,
    words: serverWords(words),
  }
}
