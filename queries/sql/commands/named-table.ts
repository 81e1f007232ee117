import { constantsOf, viewOf, type SqlCatalog } from '../names.ts'
import { readTableName } from '../read/parse-in.ts'
import type { TokenReader } from '../read/token-reader.ts'
import { SqlRefused } from '../sql-fault.ts'

/** A view, or a table of the catalog, that a command names. */
export interface NamedTable {
  readonly database: string
  readonly name: string
}

/** The databases that there are, in the order of their names. */
export function databasesOf({ database, constants }: SqlCatalog): string[] {
  return [...new Set([database, ...[...constants.keys()].map((key) => key.slice(0, key.indexOf('.')))])].toSorted()
}

/** Error: `unknown_database`. */
export function checkDatabase(name: string, at: number, catalog: SqlCatalog): void {
  const known = databasesOf(catalog)
  if (known.includes(name)) return
  const message = `${JSON.stringify(name.slice(0, 80))} is no database: there are ${known.join(', ')}`
  throw new SqlRefused('unknown_database', message, at)
}

/** `view`, or `database.view`, whether it is there or not. Throws `SqlRefused`. */
export function readNamedTable(
  reader: TokenReader,
  { currentDatabase }: SqlCatalog,
): NamedTable & { readonly at: number } {
  const { database, name, at } = readTableName(reader)
  return { database: database ?? currentDatabase, name, at }
}

export function isThere(table: NamedTable, catalog: SqlCatalog): boolean {
  return viewOf(catalog, table) !== null || constantsOf(catalog, table) !== null
}

/** As `readNamedTable`, for one that has to be there. Throws `SqlRefused`. */
export function readTableThere(reader: TokenReader, catalog: SqlCatalog): NamedTable {
  const { at, ...table } = readNamedTable(reader, catalog)
  if (isThere(table, catalog)) return table
  const message = `${JSON.stringify(`${table.database}.${table.name}`.slice(0, 80))} is no view: there are ${[...catalog.views.keys()].join(', ')}`
  throw new SqlRefused('unknown_view', message, at)
}
