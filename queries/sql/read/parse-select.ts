import { readAlias, readName } from './parse-name.ts'
import { readOrderItem } from './parse-order.ts'
import { readJoins, readTable } from './parse-table.ts'
import { readWindow } from './parse-window.ts'
import type { Expression, GroupBy, Select, SelectItem } from '../syntax-tree.ts'
import type { TokenReader } from './token-reader.ts'

/** Words that may stand in ClickHouse's statements and not here, with what to do instead. */
const REFUSED: Readonly<Record<string, string>> = {
  PREWHERE: ': write WHERE',
  SETTINGS: ': the limits of the server hold',
  FORMAT: ': ask for another form with the header Accept',
  INTO: ': the answer is sent to you',
  SAMPLE: ': views are not sampled',
  FINAL: ': views have each event once',
  INTERSECT: ': write IN, or a join',
  EXCEPT: ': write NOT IN, or an ANTI JOIN',
  PARALLEL: '',
}

/** A SELECT without what stands before it (WITH) and behind it (UNION). Throws `SqlRefused`. */
export function readSelect(reader: TokenReader): Select {
  const { at } = reader.token
  reader.expectWords('SELECT')
  const isDistinct = reader.tookWords('DISTINCT')
  if (isDistinct && reader.isWords('ON')) throw reader.refused('not_supported', 'DISTINCT ON: write LIMIT 1 BY')
  if (reader.isWords('TOP')) throw reader.refused('not_supported', 'TOP: write LIMIT')
  const items = reader.list(() => readItem(reader))
  const from = reader.tookWords('FROM') ? readTable(reader) : null
  const joins = from === null ? [] : readJoins(reader)
  const arrayJoin = readArrayJoin(reader)
  refuseWords(reader)
  const where = readClause(reader, 'WHERE')
  const groupBy = reader.tookWords('GROUP', 'BY') ? readGroupBy(reader) : null
  const having = readClause(reader, 'HAVING')
  const windows = reader.tookWords('WINDOW') ? reader.list(() => readNamedWindow(reader)) : []
  const qualify = readClause(reader, 'QUALIFY')
  const orderBy = reader.tookWords('ORDER', 'BY') ? reader.list(() => readOrderItem(reader)) : []
  const limits = readLimits(reader)
  refuseWords(reader)
  return {
    kind: 'select',
    isDistinct,
    items,
    from,
    joins,
    arrayJoin,
    where,
    groupBy,
    having,
    windows,
    qualify,
    orderBy,
    ...limits,
    at,
    end: reader.endBefore,
  }
}

/** Error: `not_supported`, for a word that ClickHouse would take here. */
export function refuseWords(reader: TokenReader): void {
  const { kind, text } = reader.token
  const word = text.toUpperCase()
  if (reader.isAtTail()) return
  if (kind === 'word' && Object.hasOwn(REFUSED, word)) throw reader.refused('not_supported', `${word}${REFUSED[word]!}`)
}

function readItem(reader: TokenReader): SelectItem {
  const { at } = reader.token
  const expression = reader.expression()
  const { endBefore: end } = reader
  return { expression, alias: readAlias(reader), at, end }
}

function readClause(reader: TokenReader, word: string): Expression | null {
  return reader.tookWords(word) ? reader.expression() : null
}

function readArrayJoin(reader: TokenReader): Select['arrayJoin'] {
  const isLeft = reader.isWords('LEFT', 'ARRAY', 'JOIN')
  if (
    !reader.tookWords('LEFT', 'ARRAY', 'JOIN') &&
    !reader.tookWords('INNER', 'ARRAY', 'JOIN') &&
    !reader.tookWords('ARRAY', 'JOIN')
  )
    return null
  return { isLeft, items: reader.list(() => readItem(reader)) }
}

function readGroupBy(reader: TokenReader): GroupBy {
  if (reader.tookWords('ALL')) return { modifier: 'ALL', items: [] }
  if (reader.isWords('GROUPING', 'SETS')) throw reader.refused('not_supported', 'GROUPING SETS: write UNION ALL')
  const before = wordBeforeBracket(reader)
  if (before !== null) {
    reader.expectSymbol('(')
    const items = reader.list(() => reader.expression())
    reader.expectSymbol(')')
    return { modifier: before, items }
  }
  const items = reader.list(() => reader.expression())
  if (!reader.tookWords('WITH')) return { modifier: null, items }
  if (reader.isWords('TOTALS'))
    throw reader.refused('not_supported', 'WITH TOTALS, which an answer in lines has no place for: write WITH ROLLUP')
  const modifier = reader.tookOneOf('ROLLUP', 'CUBE')
  if (modifier === null) throw reader.unexpected('ROLLUP or CUBE')
  if (reader.isWords('WITH')) throw reader.refused('not_supported', 'WITH TOTALS beside another')
  return { modifier, items }
}

function wordBeforeBracket(reader: TokenReader): 'ROLLUP' | 'CUBE' | null {
  if (!reader.isSymbol('(', 1)) return null
  return reader.tookOneOf('ROLLUP', 'CUBE')
}

function readNamedWindow(reader: TokenReader): Select['windows'][number] {
  const name = readName(reader)
  reader.expectWords('AS')
  return { name, window: readWindow(reader) }
}

function readLimits(reader: TokenReader): Pick<Select, 'limitBy' | 'limit' | 'offset'> {
  let limitBy: Select['limitBy'] = null
  let limit: Expression | null = null
  let offset: Expression | null = null
  while (reader.tookWords('LIMIT')) {
    const first = reader.expression()
    const pair = reader.tookSymbol(',')
    const second = pair || reader.tookWords('OFFSET') ? reader.expression() : null
    const most = pair ? second! : first
    const skipped = pair ? first : second
    if (reader.tookWords('BY')) {
      if (limitBy !== null || limit !== null) throw reader.refused('syntax', 'LIMIT … BY stands once, before LIMIT')
      limitBy = { limit: most, offset: skipped, by: reader.list(() => reader.expression()) }
      continue
    }
    if (limit !== null) throw reader.refused('syntax', 'there are two LIMITs')
    if (reader.isWords('WITH', 'TIES')) throw reader.refused('not_supported', 'WITH TIES: use rank() OVER (…)')
    limit = most
    offset = skipped
  }
  if (reader.tookWords('OFFSET')) {
    if (offset !== null) throw reader.refused('syntax', 'there are two OFFSETs')
    offset = reader.expression()
    if (!reader.tookWords('ROWS')) reader.tookWords('ROW')
  }
  if (reader.isWords('FETCH')) throw reader.refused('not_supported', 'FETCH: write LIMIT')
  return { limitBy, limit, offset }
}
