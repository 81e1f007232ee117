import { readMember, readName } from './parse-name.ts'
import { readParameter } from './parse-operand.ts'
import type { Expression, InSet, TableName } from '../syntax-tree.ts'
import type { TokenReader } from './token-reader.ts'

/** What stands right of IN: values in brackets, a sub-select, a parameter that is a list, or the name of a view. Throws `SqlRefused`. */
export function readInSet(reader: TokenReader): InSet {
  if (reader.isSymbol('{')) return readParameter(reader)
  if (reader.isQueryInBrackets()) {
    reader.expectSymbol('(')
    const query = reader.query()
    reader.expectSymbol(')')
    return { kind: 'query', query }
  }
  const closing = reader.tookSymbol('(') ? ')' : reader.tookSymbol('[') ? ']' : null
  if (closing === null) return { kind: 'table', table: readTableName(reader) }
  const items: Expression[] = reader.list(() => reader.expression())
  reader.expectSymbol(closing)
  return { kind: 'list', items }
}

/** `view`, or `database.view`, without an alias. */
export function readTableName(reader: TokenReader): TableName {
  const { at } = reader.token
  const first = readName(reader)
  const second = reader.tookSymbol('.') ? readMember(reader) : null
  const end = reader.endBefore
  if (second === null) return { kind: 'table', database: null, name: first, alias: null, at, end }
  return { kind: 'table', database: first, name: second, alias: null, at, end }
}
