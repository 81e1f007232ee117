import { SqlRefused } from '../sql-fault.ts'
import type { Expression, ValuesTable } from '../syntax-tree.ts'
import { readType } from './parse-type.ts'
import { readName } from './parse-name.ts'
import { TokenReader } from './token-reader.ts'
import { tokensOf } from './tokens.ts'

/**
 * `VALUES ('a UInt8, b String', (1, 'x'), …)`, or without the columns' names and types. A first text before rows in brackets says the
 * columns: ClickHouse decides by what it holds, and takes a text that is none for a row. Throws `SqlRefused`.
 */
export function readValues(reader: TokenReader): ValuesTable {
  const { at } = reader.take()
  reader.expectSymbol('(')
  const items = reader.list(() => reader.expression())
  reader.expectSymbol(')')
  const [first, ...others] = items
  const columns = first?.kind === 'string' && others.length > 0 ? columnsIn(first.text, first.at) : null
  const rows: readonly Expression[] = columns === null ? items : others
  return { kind: 'values', columns, rows, alias: null, at, end: reader.endBefore }
}

/** `a UInt8, b String` */
function columnsIn(text: string, at: number): NonNullable<ValuesTable['columns']> {
  const noExpression = (inner: TokenReader): never => {
    throw inner.unexpected('a column')
  }
  try {
    const reader = new TokenReader(tokensOf(text), { query: noExpression, expression: noExpression })
    const columns = reader.list(() => ({ name: readName(reader), type: readType(reader) }))
    if (reader.token.kind !== 'end') throw reader.unexpected('the end of the columns')
    return columns.map(({ name, type }) => ({ name, type: { ...type, at } }))
  } catch (error) {
    if (error instanceof SqlRefused) throw new SqlRefused('syntax', `in the columns of values(…): ${error.message}`, at)
    throw error
  }
}
