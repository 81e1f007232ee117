import { readExpression } from './parse-expression.ts'
import { readName } from './parse-name.ts'
import { readSelect, refuseWords } from './parse-select.ts'
import type { Query, QueryBody, WithItem } from '../syntax-tree.ts'
import { TokenReader } from './token-reader.ts'
import { tokensOf } from './tokens.ts'

/** Statements of one SELECT behind another: UNION has no more. */
const MAX_UNION = 40

/** Goes through a statement that is a SELECT, or something that is said by one. Throws `SqlRefused`. */
export function readerOf(text: string, mayHaveTail = false): TokenReader {
  return new TokenReader(tokensOf(text), { query: readQuery, expression: readExpression }, mayHaveTail)
}

/** The tree of one statement. What is no SELECT of this language is refused. Throws `SqlRefused`. */
export function parseStatement(text: string): Query {
  const reader = readerOf(text)
  const query = readSelects(reader)
  expectEnd(reader, text)
  return query
}

/** A SELECT, or several in a UNION, that a statement begins with. Throws `SqlRefused`. */
export function readSelects(reader: TokenReader): Query {
  const { kind, text: first } = reader.token
  if (kind === 'end') throw reader.refused('syntax', 'the statement is empty')
  if (!isSelect(reader)) {
    const code = WRITING.has(first.toUpperCase()) ? 'writes' : 'not_supported'
    throw reader.refused(code, `${JSON.stringify(first.slice(0, 40))}: a statement is a SELECT`)
  }
  const query = readQuery(reader)
  refuseWords(reader)
  return query
}

/** Words by which statements begin that change something. */
const WRITING: ReadonlySet<string> = new Set(
  'INSERT CREATE ALTER DROP TRUNCATE RENAME EXCHANGE DELETE UPDATE OPTIMIZE ATTACH DETACH GRANT REVOKE SYSTEM BACKUP RESTORE'.split(
    ' ',
  ),
)

export function isSelect(reader: TokenReader): boolean {
  return reader.isWords('SELECT') || reader.isWords('WITH') || reader.isQueryInBrackets()
}

/** Throws `SqlRefused` where more follows than a semicolon. */
export function expectEnd(reader: TokenReader, text: string): void {
  reader.tookSymbol(';')
  if (reader.token.kind === 'end') return
  if (reader.endBefore > 0 && text.slice(0, reader.endBefore).endsWith(';'))
    throw reader.refused('not_supported', 'more than one statement')
  throw reader.unexpected('the end')
}

function readQuery(reader: TokenReader): Query {
  const { at } = reader.token
  const items = reader.tookWords('WITH') ? readWith(reader) : []
  let body = readPart(reader)
  for (let count = 1; reader.tookWords('UNION'); count++) {
    if (count > MAX_UNION) throw reader.refused('too_large', `more than ${MAX_UNION} UNIONs`)
    const mode = reader.tookOneOf('ALL', 'DISTINCT')
    if (mode === null) throw reader.refused('syntax', 'UNION needs ALL or DISTINCT')
    const right = readPart(reader)
    body = { kind: 'union', mode, left: body, right, at: body.at, end: reader.endBefore }
  }
  return { with: items, body, at, end: reader.endBefore }
}

function readPart(reader: TokenReader): QueryBody {
  const { at } = reader.token
  if (!reader.tookSymbol('(')) return readSelect(reader)
  const query = reader.query()
  reader.expectSymbol(')')
  return { kind: 'nested', query, at, end: reader.endBefore }
}

function readWith(reader: TokenReader): WithItem[] {
  if (reader.isWords('RECURSIVE')) throw reader.refused('not_supported', 'WITH RECURSIVE')
  return reader.list(() => readWithItem(reader))
}

function readWithItem(reader: TokenReader): WithItem {
  const { at } = reader.token
  const isTable =
    reader.ahead(1).kind === 'word' && reader.ahead(1).text.toUpperCase() === 'AS' && reader.isSymbol('(', 2)
  if (isTable) {
    const name = readName(reader)
    reader.expectWords('AS')
    reader.expectSymbol('(')
    const query = reader.query()
    reader.expectSymbol(')')
    return { kind: 'table', name, query, at, end: reader.endBefore }
  }
  const expression = reader.expression()
  reader.expectWords('AS')
  return { kind: 'value', name: readName(reader), expression, at, end: reader.endBefore }
}
