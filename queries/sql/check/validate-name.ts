import { constantsOf, viewOf, type OwnNames, type SqlCatalog } from '../names.ts'
import type { SqlFaultCode } from '../sql-fault.ts'
import type { Name } from '../syntax-tree.ts'

/** Columns that the engine adds to tables. Views do not show them; here they get words of their own. */
const VIRTUAL =
  /^_(?:part|partition|row_exists|block|sample_factor|table|database|path|file|size|time|distance|disk|data_version)/

/** Tells of a column that nothing in the statement has. Which of those it means, and whether there, is for the engine to say. */
export function checkColumn(
  { parts, at }: Name,
  catalog: SqlCatalog,
  own: OwnNames,
  tell: (code: SqlFaultCode, message: string, at: number) => void,
): void {
  const { views, constants } = catalog
  const names = parts.length > 2 && isTableOf(catalog, parts[0]!, parts[1]!) ? parts.slice(1) : parts
  const isTable = (name: string): boolean =>
    views.has(name) ||
    own.tables.has(name) ||
    own.tableAliases.has(name) ||
    [...constants.keys()].some((each) => each.endsWith(`.${name}`))
  const column = names.length > 1 && isTable(names[0]!) ? names[1]! : names[0]!
  if (own.values.has(column) || isColumn(column, catalog)) return
  // A sub-select without an alias calls its column as it is written: `count()`, `1`.
  if (!/^\w+$/.test(column)) return
  const shown = JSON.stringify(column.slice(0, 80))
  const message = VIRTUAL.test(column)
    ? `${shown} tells how rows are stored, which no view shows`
    : `no view and no alias of the statement is called ${shown}`
  tell('unknown_column', message, at)
}

function isColumn(name: string, { views, constants }: SqlCatalog): boolean {
  return (
    [...views.values()].some(({ columns }) => columns.includes(name)) ||
    [...constants.values()].some(({ columns }) => columns.some((column) => column.name === name))
  )
}

/** Whether two parts of a name are a database and a table of it. */
function isTableOf(catalog: SqlCatalog, database: string, name: string): boolean {
  return viewOf(catalog, { database, name }) !== null || constantsOf(catalog, { database, name }) !== null
}
