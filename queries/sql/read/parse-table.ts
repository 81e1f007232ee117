import { readTableName } from './parse-in.ts'
import { readAlias, readColumn } from './parse-name.ts'
import { readValues } from './parse-values.ts'
import type { Expression, Join, Name, TableExpression } from '../syntax-tree.ts'
import type { TokenReader } from './token-reader.ts'

/** What stands behind FROM or JOIN: a view, a sub-select, or `numbers(…)`. Throws `SqlRefused`. */
export function readTable(reader: TokenReader): TableExpression {
  const table = readBareTable(reader)
  if (reader.isWords('FINAL')) throw reader.refused('not_supported', 'FINAL: views have each event once')
  const alias = readAlias(reader)
  for (const [word, hint] of NOT_OF_TABLES) {
    if (reader.isWords(word)) throw reader.refused('not_supported', `${word}${hint}`)
  }
  return { ...table, alias, end: reader.endBefore }
}

const NOT_OF_TABLES = [
  ['FINAL', ': views have each event once'],
  ['SAMPLE', ': views are not sampled; filter by cityHash64(event_id) % 10 = 0'],
] as const

function readBareTable(reader: TokenReader): TableExpression {
  const { at, kind, text } = reader.token
  if (reader.isQueryInBrackets()) {
    reader.expectSymbol('(')
    const query = reader.query()
    reader.expectSymbol(')')
    return { kind: 'derived', query, alias: null, at, end: reader.endBefore }
  }
  if (reader.isSymbol('('))
    throw reader.refused('not_supported', 'joins in brackets: write them one after another, or as a sub-select')
  if (!reader.isSymbol('(', 1)) return readTableName(reader)
  if (kind === 'word' && text.toLowerCase() === 'values') return readValues(reader)
  if (kind !== 'word' || text.toLowerCase() !== 'numbers')
    throw reader.refused('not_supported', 'functions in place of a view, but for numbers(…) and values(…)')
  reader.take()
  reader.expectSymbol('(')
  const args: Expression[] = reader.list(() => reader.expression())
  reader.expectSymbol(')')
  return { kind: 'numbers', arguments: args, alias: null, at, end: reader.endBefore }
}

/** As many joins as follow. Throws `SqlRefused`. */
export function readJoins(reader: TokenReader): Join[] {
  const joins: Join[] = []
  for (let join = readJoin(reader); join !== null; join = readJoin(reader)) joins.push(join)
  return joins
}

function readJoin(reader: TokenReader): Join | null {
  if (reader.tookSymbol(',')) return { strictness: null, type: 'CROSS', table: readTable(reader), on: null, using: [] }
  const { at } = reader.token
  if (reader.isWords('ARRAY') || reader.isWords('LEFT', 'ARRAY') || reader.isWords('INNER', 'ARRAY')) return null
  if (reader.isWords('GLOBAL')) throw reader.refused('not_supported', 'GLOBAL: write JOIN alone')
  if (reader.isWords('PASTE')) throw reader.refused('not_supported', 'PASTE JOIN: join ON row numbers of a window')
  const words = []
  for (let word = joinWord(reader); word !== null; word = joinWord(reader)) words.push(word)
  if (!reader.tookWords('JOIN')) {
    if (words.length > 0) throw reader.unexpected('JOIN')
    return null
  }
  const strictness = oneOf(['ANY', 'ALL', 'SEMI', 'ANTI', 'ASOF'] as const, words)
  const type = oneOf(['INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS'] as const, words) ?? 'INNER'
  const known =
    (strictness === null ? 0 : 1) + (words.some((word) => word === type) ? 1 : 0) + (words.includes('OUTER') ? 1 : 0)
  if (known !== words.length) throw reader.refused('syntax', `${words.join(' ')} JOIN is no join`, at)
  const table = readTable(reader)
  const on = type !== 'CROSS' && reader.tookWords('ON') ? reader.expression() : null
  const using = type !== 'CROSS' && on === null ? readUsing(reader) : []
  return { strictness, type, table, on, using }
}

function joinWord(reader: TokenReader): string | null {
  return reader.tookOneOf('ANY', 'ALL', 'SEMI', 'ANTI', 'ASOF', 'INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS', 'OUTER')
}

function oneOf<Word extends string>(words: readonly Word[], taken: readonly string[]): Word | null {
  return words.find((word) => taken.includes(word)) ?? null
}

function readUsing(reader: TokenReader): Name[] {
  if (!reader.tookWords('USING')) throw reader.unexpected('ON or USING')
  const hasBrackets = reader.tookSymbol('(')
  const names = reader.list((): Name => {
    const { at } = reader.token
    return { kind: 'name', parts: [readColumn(reader)], at, end: reader.endBefore }
  })
  if (hasBrackets) reader.expectSymbol(')')
  return names
}
