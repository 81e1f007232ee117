import type { TokenReader } from './token-reader.ts'
import type { TypeName } from '../syntax-tree.ts'

/** A type: `Array(Nullable(String))`. Names of members, as in `Tuple(a String)`, are not taken. Throws `SqlRefused`. */
export function readType(reader: TokenReader): TypeName {
  const { at, kind, text: name } = reader.token
  if (kind !== 'word') throw reader.unexpected('a type')
  reader.take()
  const args: TypeName['arguments'][number][] = []
  if (reader.tookSymbol('(')) {
    args.push(...reader.list(() => reader.deeper(() => readArgument(reader))))
    reader.expectSymbol(')')
  }
  return { name, arguments: args, at, end: reader.endBefore }
}

function readArgument(reader: TokenReader): TypeName['arguments'][number] {
  const { kind, text } = reader.token
  if (kind === 'number' && /^\d+$/.test(text)) return { number: reader.take().text }
  if (kind === 'string') return { text: reader.take().text }
  return readType(reader)
}
