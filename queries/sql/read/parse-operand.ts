import { readCall } from './parse-call.ts'
import { isName, readColumn, readMember } from './parse-name.ts'
import { readType } from './parse-type.ts'
import type { Expression, Parameter, TypeName } from '../syntax-tree.ts'
import { TokenReader } from './token-reader.ts'
import { tokensOf } from './tokens.ts'
import { SqlRefused } from '../sql-fault.ts'

const CONSTANTS: Readonly<Record<string, 'NULL' | 'true' | 'false'>> = { NULL: 'NULL', TRUE: 'true', FALSE: 'false' }
const UNITS: ReadonlySet<string> = new Set(
  'NANOSECOND MICROSECOND MILLISECOND SECOND MINUTE HOUR DAY WEEK MONTH QUARTER YEAR'.split(' '),
)

/** What stands between operators. Throws `SqlRefused`. */
export function readOperand(reader: TokenReader): Expression {
  const { kind, text, at, end } = reader.token
  switch (kind) {
    case 'number':
      reader.take()
      return { kind: 'number', text, at, end }
    case 'string':
      reader.take()
      return { kind: 'string', text, at, end }
    case 'word':
      return readWord(reader)
    case 'quoted-name':
      return readNameOrCall(reader)
    case 'symbol':
      return readBracket(reader)
    case 'end':
      throw reader.unexpected('an expression')
  }
}

function readWord(reader: TokenReader): Expression {
  const { text, at } = reader.token
  const word = text.toUpperCase()
  const isBeforeBracket = reader.isSymbol('(', 1)
  const constant = CONSTANTS[word]
  if (constant !== undefined && !isBeforeBracket) {
    reader.take()
    return { kind: 'constant', word: constant, at, end: reader.endBefore }
  }
  if (/^(?:nan|inf|infinity)$/i.test(text) && !isBeforeBracket && !reader.isSymbol('.', 1)) {
    reader.take()
    return { kind: 'number', text: word === 'NAN' ? 'nan' : 'inf', at, end: reader.endBefore }
  }
  if (word === 'CASE') return readCase(reader)
  if (word === 'CAST' && isBeforeBracket) return readCast(reader)
  if (word === 'INTERVAL' && !isBeforeBracket) return readInterval(reader)
  if (word === 'EXISTS' && isBeforeBracket) {
    reader.take()
    return { ...readSubquery(reader), kind: 'exists', at }
  }
  if ((word === 'DATE' || word === 'TIMESTAMP') && reader.ahead(1).kind === 'string') return readDate(reader)
  return readNameOrCall(reader)
}

function readNameOrCall(reader: TokenReader): Expression {
  const { at, kind } = reader.token
  if (reader.isSymbol('(', 1)) {
    if (kind === 'word' && reader.isWords('SELECT')) throw reader.unexpected('an expression')
    return readCall(reader)
  }
  const parts = [readColumn(reader)]
  while (reader.isSymbol('.') && reader.ahead(1).kind !== 'number') {
    reader.take()
    if (reader.isSymbol('*')) {
      if (parts.length > 1) throw reader.unexpected('a name')
      return readAll(reader, parts[0]!, at)
    }
    parts.push(readMember(reader))
  }
  return { kind: 'name', parts, at, end: reader.endBefore }
}

/** `*`, with the columns that are left out of it. */
function readAll(reader: TokenReader, of: string | null, at: number): Expression {
  reader.expectSymbol('*')
  const except: string[] = []
  if (reader.isWords('EXCEPT') && reader.isSymbol('(', 1) && !reader.isWords('EXCEPT', 'SELECT') && isNameIn(reader)) {
    reader.take()
    reader.expectSymbol('(')
    except.push(...reader.list(() => readColumn(reader)))
    reader.expectSymbol(')')
  }
  if (reader.isWords('APPLY') || reader.isWords('REPLACE'))
    throw reader.refused('not_supported', 'transformers of `*`: name the columns')
  return { kind: 'all', of, except, at, end: reader.endBefore }
}

function isNameIn(reader: TokenReader): boolean {
  const { kind, text } = reader.ahead(2)
  return kind === 'quoted-name' || (kind === 'word' && !/^(?:select|with)$/i.test(text))
}

function readBracket(reader: TokenReader): Expression {
  const { text, at } = reader.token
  if (text === '*') return readAll(reader, null, at)
  if (text === '{') return readParameter(reader)
  if (text === '[') {
    reader.take()
    const items = reader.isSymbol(']') ? [] : reader.list(() => reader.expression())
    reader.expectSymbol(']')
    return { kind: 'array', items, at, end: reader.endBefore }
  }
  if (text !== '(') throw reader.unexpected('an expression')
  if (reader.isQueryInBrackets(1)) return readSubquery(reader)
  reader.take()
  if (reader.tookSymbol(')')) return { kind: 'tuple', items: [], at, end: reader.endBefore }
  const items = [reader.expression()]
  let isTuple = false
  while (reader.tookSymbol(',')) {
    isTuple = true
    if (reader.isSymbol(')')) break
    items.push(reader.expression())
  }
  reader.expectSymbol(')')
  return isTuple ? { kind: 'tuple', items, at, end: reader.endBefore } : items[0]!
}

function readSubquery(reader: TokenReader): Extract<Expression, { kind: 'subquery' | 'exists' }> {
  const { at } = reader.token
  reader.expectSymbol('(')
  const query = reader.query()
  reader.expectSymbol(')')
  return { kind: 'subquery', query, at, end: reader.endBefore }
}

/** `{name:Type}` */
export function readParameter(reader: TokenReader): Parameter {
  const { at } = reader.token
  reader.expectSymbol('{')
  if (!isName(reader)) throw reader.unexpected('the name of a parameter')
  const name = reader.take().text
  reader.expectSymbol(':')
  if (reader.isWords('IDENTIFIER'))
    throw reader.refused('not_supported', 'a parameter cannot be a name: its value is data')
  const type = readType(reader)
  reader.expectSymbol('}')
  return { kind: 'parameter', name, type, at, end: reader.endBefore }
}

function readCase(reader: TokenReader): Expression {
  const { at } = reader.take()
  const operand = reader.isWords('WHEN') ? null : reader.expression()
  const branches: { when: Expression; result: Expression }[] = []
  do {
    reader.expectWords('WHEN')
    const when = reader.expression()
    reader.expectWords('THEN')
    branches.push({ when, result: reader.expression() })
  } while (reader.isWords('WHEN'))
  const otherwise = reader.tookWords('ELSE') ? reader.expression() : null
  reader.expectWords('END')
  return { kind: 'case', operand, branches, otherwise, at, end: reader.endBefore }
}

/** `CAST(x AS Type)` or `CAST(x, 'Type')` */
function readCast(reader: TokenReader): Expression {
  const { at } = reader.take()
  reader.expectSymbol('(')
  const operand = reader.expression()
  const type = reader.tookSymbol(',') ? quotedType(reader) : readTypeAfterAs(reader)
  reader.expectSymbol(')')
  return { kind: 'cast', operand, type, at, end: reader.endBefore }
}

function readTypeAfterAs(reader: TokenReader): TypeName {
  reader.expectWords('AS')
  return readType(reader)
}

function quotedType(reader: TokenReader): TypeName {
  const { kind, text, at, end } = reader.token
  if (kind !== 'string') throw reader.unexpected("a type as a text, such as 'UInt64'")
  reader.take()
  try {
    const inner = new TokenReader(tokensOf(text), { query: noType, expression: noType })
    const type = readType(inner)
    if (inner.token.kind !== 'end') throw inner.unexpected('the end of the type')
    return { ...type, at, end }
  } catch (error) {
    if (error instanceof SqlRefused) throw reader.refused('unknown_type', `in the type: ${error.message}`, at)
    throw error
  }
}

function noType(reader: TokenReader): never {
  throw reader.unexpected('a type')
}

function readInterval(reader: TokenReader): Expression {
  const { at } = reader.take()
  if (reader.token.kind === 'string') {
    const { text, at: textAt, end } = reader.take()
    const [, number, unit = ''] = /^\s*(\d{1,18})\s+([a-z]+?)s?\s*$/i.exec(text) ?? []
    if (number === undefined || !UNITS.has(unit.toUpperCase()))
      throw reader.refused('syntax', "an interval is a number and a unit, such as INTERVAL '1 day'", textAt)
    return {
      kind: 'interval',
      amount: { kind: 'number', text: number, at: textAt, end },
      unit: unit.toUpperCase(),
      at,
      end,
    }
  }
  const amount = reader.deeper(() => readOperand(reader))
  const unit = reader.token.text.toUpperCase().replace(/S$/, '')
  if (reader.token.kind !== 'word' || !UNITS.has(unit)) throw reader.unexpected('a unit, such as DAY')
  reader.take()
  return { kind: 'interval', amount, unit, at, end: reader.endBefore }
}

/** `DATE '2026-04-23'`, `TIMESTAMP '2026-04-23 09:00:00'` */
function readDate(reader: TokenReader): Expression {
  const { at, text: word } = reader.take()
  const { text, at: textAt, end } = reader.take()
  const name = word.toUpperCase() === 'DATE' ? 'Date' : 'DateTime'
  const operand = { kind: 'string', text, at: textAt, end } as const
  return { kind: 'cast', operand, type: { name, arguments: [], at, end }, at, end }
}
