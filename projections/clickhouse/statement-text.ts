import { quoteText } from '../../base/quote-sql.ts'
import { quoteIdentifier } from '../../base/quote-sql.ts'
import type { InsertBlock, ReadModelStore } from '../read-model-store.ts'

/**
 * The settings of every insert, written into the statement: as `SET` they would stay on the connection.
 *
 * - `async_insert` is on by default since 26.x, and would answer for several callers' inserts at once.
 * - The block sizes make the whole insert one block, and so one part: the deduplication token and atomicity are per part.
 */
function insertSettings(deduplicationToken: string): string {
  return [
    `insert_deduplication_token = ${quoteText(deduplicationToken)}`,
    'insert_deduplicate = 1',
    'async_insert = 0',
    'max_insert_block_size = 100000000',
    'min_insert_block_size_rows = 100000000',
    'min_insert_block_size_bytes = 0',
    'max_insert_threads = 1',
  ].join(', ')
}

/** `INSERT INTO …` of the rows that follow the statement. */
export function insertStatement(store: Pick<ReadModelStore, 'table'>, block: InsertBlock): string {
  return `${insertInto(store, block)} SETTINGS ${insertSettings(block.deduplicationToken)} FORMAT Native`
}

/**
 * `INSERT INTO …` of the rows in a file. Not `FROM INFILE`: the engine then goes on reading the process's standard input, and
 * takes what it finds there for more rows.
 */
export function insertFileStatement(store: Pick<ReadModelStore, 'table'>, block: InsertBlock, file: string): string {
  const settings = `${insertSettings(block.deduplicationToken)}, max_threads = 1`
  return `${insertInto(store, block)} SELECT * FROM file(${quoteText(file)}, Native) SETTINGS ${settings}`
}

function insertInto(store: Pick<ReadModelStore, 'table'>, block: InsertBlock): string {
  return `INSERT INTO ${store.table(block.table)} (${block.columns.map(quoteIdentifier).join(', ')})`
}

/**
 * Settings of every query: integers that JavaScript's numbers cannot hold come as strings; statements may list what a range of the
 * log holds, 256 KiB by default being 16,000 digests.
 */
export const querySettings = { output_format_json_quote_64bit_integers: 1, max_query_size: '67108864' } as const

/**
 * The value of a named parameter in the form that ClickHouse reads it in (`SET param_x = …`, and `param_x=…` over HTTP):
 * escaped as in TabSeparated, arrays as literals. Throws a `TypeError` for other objects.
 */
export function parameterText(value: unknown): string {
  if (value === null || value === undefined) return '\\N'
  if (typeof value === 'string') return quoteText(value).slice(1, -1)
  if (Array.isArray(value)) return `[${value.map(elementText).join(',')}]`
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value === 'boolean') return value ? '1' : '0'
  throw new TypeError(`a statement parameter cannot be a ${typeof value}`)
}

function elementText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'string') return quoteText(value)
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  return parameterText(value)
}

/** Rows of ClickHouse's JSONEachRow. */
export function parseJsonRows<Row>(text: string): Row[] {
  const lines = text.trimEnd()
  // One parse of the whole is faster than one a line. A line feed stands only between rows: in strings it is escaped.
  return lines === '' ? [] : (JSON.parse(`[${lines.replaceAll('\n', ',')}]`) as Row[])
}
