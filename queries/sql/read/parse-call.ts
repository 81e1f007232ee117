import { readName } from './parse-name.ts'
import { readWindow } from './parse-window.ts'
import type { Call, Expression } from '../syntax-tree.ts'
import type { TokenReader } from './token-reader.ts'

/** A function with its arguments: `name(…)`, `name(…)(…)`, `name(DISTINCT …)`, `name(…) OVER (…)`. Throws `SqlRefused`. */
export function readCall(reader: TokenReader): Call {
  const { text: name, at } = reader.take()
  const first = readArguments(reader)
  const isParametric = reader.isSymbol('(')
  if (isParametric && first.isDistinct) throw reader.unexpected('arguments')
  const { items, isDistinct } = isParametric ? readArguments(reader) : first
  if (reader.isWords('FILTER')) throw reader.refused('not_supported', 'FILTER: write the condition as in countIf(x)')
  if (reader.isWords('IGNORE') || reader.isWords('RESPECT'))
    throw reader.refused('not_supported', 'IGNORE NULLS and RESPECT NULLS')
  const over = reader.tookWords('OVER') ? readOver(reader) : null
  const parameters = isParametric ? first.items : null
  return { kind: 'call', name, parameters, isDistinct, arguments: items, over, at, end: reader.endBefore }
}

function readOver(reader: TokenReader): Call['over'] {
  return reader.isSymbol('(') ? readWindow(reader) : readName(reader)
}

function readArguments(reader: TokenReader): { readonly items: Expression[]; readonly isDistinct: boolean } {
  reader.expectSymbol('(')
  const isDistinct = reader.tookWords('DISTINCT')
  const items = reader.isSymbol(')') ? [] : reader.list(() => readArgument(reader))
  reader.expectSymbol(')')
  return { items, isDistinct }
}

/** An expression, a sub-select, or a lambda: `x -> …`, `(x, y) -> …`. */
function readArgument(reader: TokenReader): Expression {
  const { at } = reader.token
  if (reader.isWords('SELECT') || reader.isWords('WITH'))
    throw reader.refused('syntax', 'a sub-select stands in brackets of its own')
  const names = namesOfLambda(reader)
  if (names === null) return reader.expression()
  const body = reader.expression()
  return { kind: 'lambda', names, body, at, end: reader.endBefore }
}

/** Takes the names and the arrow; null, and nothing taken, where no lambda stands. */
function namesOfLambda(reader: TokenReader): string[] | null {
  if (reader.isSymbol('->', 1)) {
    const name = readName(reader)
    reader.take()
    return [name]
  }
  if (!reader.isSymbol('(')) return null
  let ahead = 1
  while (isNameToken(reader, ahead) && reader.isSymbol(',', ahead + 1)) ahead += 2
  if (!isNameToken(reader, ahead) || !reader.isSymbol(')', ahead + 1) || !reader.isSymbol('->', ahead + 2)) return null
  reader.take()
  const names = reader.list(() => readName(reader))
  reader.expectSymbol(')')
  reader.expectSymbol('->')
  return names
}

function isNameToken(reader: TokenReader, ahead: number): boolean {
  const { kind } = reader.ahead(ahead)
  return kind === 'word' || kind === 'quoted-name'
}
