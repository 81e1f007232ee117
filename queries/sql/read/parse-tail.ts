import type { TokenReader } from './token-reader.ts'

/** A setting that somebody gives with a statement. */
export interface GivenSetting {
  readonly name: string
  /** As text; or, of a map of texts (`{'a' : 'b'}`), its pairs. */
  readonly value: string | ReadonlyMap<string, string>
  /** Where it stands in the statement; 0 where it does not stand there. */
  readonly at: number
}

/** What may stand behind a whole statement: how it is answered. */
export interface StatementTail {
  readonly format: string | null
  readonly settings: readonly GivenSetting[]
}

/** `SETTINGS a = 1, … FORMAT name`, in either order. Throws `SqlRefused`. */
export function readTail(reader: TokenReader): StatementTail {
  let format: string | null = null
  const settings: GivenSetting[] = []
  while (reader.isAtTail()) {
    if (reader.tookWords('SETTINGS')) settings.push(...reader.list(() => readSetting(reader)))
    else {
      if (format !== null) throw reader.refused('syntax', 'there are two FORMATs')
      reader.expectWords('FORMAT')
      if (reader.token.kind !== 'word') throw reader.unexpected('the name of a format')
      format = reader.take().text
    }
  }
  return { format, settings }
}

/** `name = value`. Throws `SqlRefused`. */
export function readSetting(reader: TokenReader): GivenSetting {
  const { kind, text: name, at } = reader.token
  if (kind !== 'word') throw reader.unexpected('the name of a setting')
  reader.take()
  reader.expectSymbol('=')
  return { name, value: readValue(reader), at }
}

function readValue(reader: TokenReader): GivenSetting['value'] {
  if (reader.isSymbol('{')) return readTextMap(reader)
  const isNegative = reader.tookSymbol('-')
  const { kind, text } = reader.token
  if (kind !== 'number' && kind !== 'string' && !(kind === 'word' && /^(?:true|false|default)$/i.test(text)))
    throw reader.unexpected('the value of a setting')
  reader.take()
  return isNegative ? `-${text}` : text
}

/** `{'a' : 'b', …}`. Throws `SqlRefused`. */
export function readTextMap(reader: TokenReader): ReadonlyMap<string, string> {
  reader.expectSymbol('{')
  const pairs = reader.isSymbol('}') ? [] : reader.list((): [string, string] => [readText(reader), readPart(reader)])
  reader.expectSymbol('}')
  return new Map(pairs)
}

function readPart(reader: TokenReader): string {
  reader.expectSymbol(':')
  return readText(reader)
}

function readText(reader: TokenReader): string {
  if (reader.token.kind !== 'string') throw reader.unexpected('a text')
  return reader.take().text
}
