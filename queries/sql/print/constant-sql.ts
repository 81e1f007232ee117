import { quoteText } from '../../../base/quote-sql.ts'
import type { ConstantTable, ConstantValue, TypedConstant } from '../constant-table.ts'
import { quoteName } from './quote-name.ts'

export function constantSql(value: ConstantValue): string {
  if (value === null) return 'NULL'
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? quoteText(value) : `[${value.map(quoteText).join(', ')}]`
}

export function typedConstantSql({ value, type }: TypedConstant): string {
  return type === 'String' ? constantSql(value) : `CAST(${constantSql(value)}, ${quoteText(type)})`
}

/**
 * A table of constants as a table in brackets, with those columns alone that are `wanted`: a long list of functions or columns would
 * otherwise be sent with all that clients may want to know of them. What is the same in all rows is said once.
 */
export function constantTableSql(
  { columns, rows: makeRows }: ConstantTable,
  wanted: (column: string) => boolean,
): string {
  const rows = makeRows()
  const shown = columns.map((column, place) => ({ ...column, place })).filter(({ name }) => wanted(name))
  const varying = shown.filter(({ place }) => rows.some((row) => !isSame(row[place]!, rows[0]![place]!)))
  const said = shown.map(({ name, type, place }) =>
    varying.some((each) => each.place === place)
      ? quoteName(name)
      : `${typedConstantSql({ value: rows[0]?.[place] ?? emptyOf(type), type })} AS ${quoteName(name)}`,
  )
  const list = said.length === 0 ? '1' : said.join(', ')
  if (varying.length === 0) return `(SELECT ${list} FROM numbers(${rows.length}))`
  const structure = varying.map(({ name, type }) => `${quoteName(name)} ${type}`).join(', ')
  const tuples = rows.map((row) => `(${varying.map(({ place }) => constantSql(row[place]!)).join(', ')})`)
  return `(SELECT ${list} FROM values(${[quoteText(structure), ...tuples].join(', ')}))`
}

function isSame(a: ConstantValue, b: ConstantValue): boolean {
  return constantSql(a) === constantSql(b)
}

function emptyOf(type: string): ConstantValue {
  if (type.startsWith('Nullable(')) return null
  if (type.startsWith('Array(')) return []
  return type === 'String' ? '' : 0
}
