import type { OrderItem } from '../syntax-tree.ts'
import type { TokenReader } from './token-reader.ts'

/** One item of ORDER BY. Throws `SqlRefused`. */
export function readOrderItem(reader: TokenReader): OrderItem {
  const expression = reader.expression()
  const isDescending = reader.tookWords('DESC') || reader.tookWords('DESCENDING')
  if (!isDescending && !reader.tookWords('ASC')) reader.tookWords('ASCENDING')
  const nulls = reader.tookWords('NULLS') ? readNulls(reader) : null
  if (reader.isWords('COLLATE')) throw reader.refused('not_supported', 'COLLATE: texts are ordered by their bytes')
  if (reader.isWords('WITH', 'FILL')) throw reader.refused('not_supported', 'WITH FILL: join with numbers(…) instead')
  return { expression, isDescending, nulls }
}

function readNulls(reader: TokenReader): 'FIRST' | 'LAST' {
  const place = reader.tookOneOf('FIRST', 'LAST')
  if (place === null) throw reader.unexpected('FIRST or LAST')
  return place
}
