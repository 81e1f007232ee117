import type { ColumnType } from './column-types.ts'
import { quoteText } from '../../base/quote-sql.ts'
import { quoteIdentifier } from '../../base/quote-sql.ts'

/** One column: what it is called is its key in a `Columns`. */
export interface Column<Value> {
  readonly type: ColumnType<Value>
  /** What an analyst needs to know; becomes the column's COMMENT. */
  readonly comment: string
  /** Compression, where ClickHouse's default (LZ4) is not the best choice. */
  readonly codec?: string
  /** The value for rows that were inserted without the column, as SQL over the other columns. */
  readonly fallback?: string
}

/** The columns of a table, in the order in which they are stored and inserted. */
export type Columns = Readonly<Record<string, Column<never>>>

/** The row that the columns hold. */
export type RowOf<C extends Columns> = {
  readonly [Name in keyof C]: C[Name] extends Column<infer Value> ? Value : never
}

export function column<Value>(type: ColumnType<Value>, comment: string, codec?: string): Column<Value> {
  return codec === undefined ? { type, comment } : { type, comment, codec }
}

/**
 * A column that rows inserted before it existed have too, by an SQL expression over the other columns, such as
 * `JSONExtract(payload, 'seed', 'Nullable(UInt64)')`: tables that hold such rows get it without a rebuild.
 */
export function withFallback<Value>(columnOfRows: Column<Value>, fallback: string): Column<Value> {
  return { ...columnOfRows, fallback }
}

/** The columns as `CREATE TABLE` lists them. */
export function columnDefinitions(columns: Columns): string {
  return Object.entries(columns)
    .map(([name, { type, fallback, comment, codec }]) =>
      [
        quoteIdentifier(name),
        type.sql,
        ...(fallback === undefined ? [] : [`DEFAULT ${fallback}`]),
        `COMMENT ${quoteText(comment)}`,
        ...(codec === undefined ? [] : [`CODEC(${codec})`]),
      ].join(' '),
    )
    .join(',\n  ')
}
