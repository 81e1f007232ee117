import { isName, readName } from './parse-name.ts'
import { readOrderItem } from './parse-order.ts'
import type { Frame, FrameEnd, Window } from '../syntax-tree.ts'
import type { TokenReader } from './token-reader.ts'

/** What stands in brackets behind OVER, or in WINDOW. Throws `SqlRefused`. */
export function readWindow(reader: TokenReader): Window {
  reader.expectSymbol('(')
  const isBase = isName(reader) && !['PARTITION', 'ROWS', 'RANGE', 'GROUPS'].some((word) => reader.isWords(word))
  const base = isBase ? readName(reader) : null
  const partitionBy = reader.tookWords('PARTITION', 'BY') ? reader.list(() => reader.expression()) : []
  const orderBy = reader.tookWords('ORDER', 'BY') ? reader.list(() => readOrderItem(reader)) : []
  const unit = reader.tookOneOf('ROWS', 'RANGE')
  const frame = unit === null ? null : readFrame(reader, unit)
  reader.expectSymbol(')')
  return { base, partitionBy, orderBy, frame }
}

function readFrame(reader: TokenReader, unit: Frame['unit']): Frame {
  if (!reader.tookWords('BETWEEN')) return { unit, from: readFrameEnd(reader), to: null }
  const from = readFrameEnd(reader)
  reader.expectWords('AND')
  return { unit, from, to: readFrameEnd(reader) }
}

function readFrameEnd(reader: TokenReader): FrameEnd {
  if (reader.tookWords('CURRENT', 'ROW')) return { kind: 'current' }
  const isUnbounded = reader.tookWords('UNBOUNDED')
  const amount = isUnbounded ? null : reader.expression()
  const side = reader.tookOneOf('PRECEDING', 'FOLLOWING')
  if (side === null) throw reader.unexpected('PRECEDING or FOLLOWING')
  return { kind: isUnbounded ? 'unbounded' : 'offset', amount, side }
}
