import { quoteText } from '../../../../base/quote-sql.ts'
import { quoteName } from '../../../../queries/sql/print/quote-name.ts'
import { HttpError } from '../../http-error.ts'

/** A column of an answer, with ClickHouse's type. */
export interface AnsweredColumn {
  readonly name: string
  readonly type: string
}

/** A word with its number, as a type lists them. */
const WORD = String.raw`'(?:[^'\\]|\\.)*' = -?\d+`
const ENUM = new RegExp(String.raw`Enum(?:8|16)\(${WORD}(?:, ${WORD})*\)`, 'g')

const OF_128_BITS = /\bU?Int128\b/g

/**
 * The type in which Parquet and Arrow give a column to others: words instead of their numbers, and whole numbers of 128 bits as decimals,
 * those of 256 bits and addresses as texts, for which these formats have nothing but bytes; times of seconds as times, not as numbers.
 */
export function readableType(type: string): string {
  return otherTypes(type).replaceAll(OF_128_BITS, 'Decimal(76, 0)')
}

function otherTypes(type: string): string {
  return type
    .replaceAll(ENUM, 'String')
    .replaceAll(/\bU?Int256\b|\bIPv[46]\b/g, 'String')
    .replaceAll(/\bDateTime\(('[^']*')\)/g, 'DateTime64(0, $1)')
    .replaceAll(/\bDateTime\b(?!\()/g, "DateTime64(0, 'UTC')")
}

function inReadableType({ name, type }: AnsweredColumn): string {
  const column = quoteName(name)
  const readable = readableType(type)
  if (readable === type) return column
  // From 128 bits to a decimal there is no way but by a text.
  const inTexts = otherTypes(type).replaceAll(OF_128_BITS, 'String')
  const value = type.search(OF_128_BITS) >= 0 ? `CAST(${column}, ${quoteText(inTexts)})` : column
  return `CAST(${value}, ${quoteText(readable)}) AS ${column}`
}

/** The statement with its columns in those types. Error: 400 where two columns have one name, which readers of these formats do not take. */
export function inReadableTypes(sql: string, columns: readonly AnsweredColumn[]): string {
  const names = new Set(columns.map(({ name }) => name))
  if (names.size < columns.length) {
    const message = 'sql: two columns have the same name, which this format cannot have: give each an alias of its own'
    throw new HttpError(400, 'InvalidQuery', message, { field: 'sql' })
  }
  return `SELECT ${columns.map(inReadableType).join(', ')} FROM (${sql}) AS \`own:typed\``
}
