import { BACKSLASH, LF } from '../../base/characters.ts'

/** A word, a quoted text or a sign of a statement, and where it stands in its bytes. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'sign'
  /** Of a word: in capitals. Of a quoted text: its quotation mark. */
  readonly text: string
  readonly start: number
  readonly end: number
  /** How many brackets are open around it. */
  readonly depth: number
}

/**
 * The tokens of a statement, one after the other, without comments: as much of ClickHouse's lexer as it takes to tell a keyword
 * from the same letters in a text. Works on bytes, and only as far as it is asked to: megabytes of rows may follow.
 */
export function* lexStatement(bytes: Buffer): Generator<Token, void, undefined> {
  let depth = 0
  for (let at = skipBlanks(bytes, 0); at < bytes.length; at = skipBlanks(bytes, at)) {
    const start = at
    const sign = String.fromCharCode(bytes[at] ?? 0)
    if (isWordByte(bytes[at])) {
      while (isWordByte(bytes[at])) at++
      yield { kind: 'word', text: bytes.toString('latin1', start, at).toUpperCase(), start, end: at, depth }
    } else if (sign === "'" || sign === '"' || sign === '`') {
      at = endOfQuoted(bytes, at)
      yield { kind: 'quoted', text: sign, start, end: at, depth }
    } else if (sign === '$') {
      at = endOfHeredoc(bytes, at)
      yield { kind: 'quoted', text: sign, start, end: at, depth }
    } else {
      if (')]}'.includes(sign)) depth--
      yield { kind: 'sign', text: sign, start, end: ++at, depth }
      if ('([{'.includes(sign)) depth++
    }
  }
}

function isWordByte(byte: number | undefined): boolean {
  if (byte === undefined) return false
  // Digits, letters, the underscore, and every byte of a character beyond ASCII.
  return (byte >= 48 && byte <= 57) || ((byte | 32) >= 97 && (byte | 32) <= 122) || byte === 95 || byte >= 128
}

function skipBlanks(bytes: Buffer, from: number): number {
  let at = from
  for (;;) {
    while ((bytes[at] ?? 255) <= 32) at++
    const two = bytes.toString('latin1', at, at + 2)
    if (two === '--' || two === '# ' || two === '#!') at = after(bytes, LF, at)
    else if (two === '/*') at = after(bytes, '*/', at + 2)
    else return at
  }
}

function after(bytes: Buffer, mark: string | number, from: number): number {
  const found = bytes.indexOf(mark, from)
  return found === -1 ? bytes.length : found + (typeof mark === 'string' ? mark.length : 1)
}

/** A doubled quotation mark reads as two texts side by side: where they end is the same. */
function endOfQuoted(bytes: Buffer, start: number): number {
  const mark = bytes[start]
  for (let at = start + 1; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at++
    else if (bytes[at] === mark) return at + 1
  }
  return bytes.length
}

/** `$tag$ … $tag$`; a dollar sign alone otherwise. */
function endOfHeredoc(bytes: Buffer, start: number): number {
  let at = start + 1
  while (isWordByte(bytes[at])) at++
  if (bytes.toString('latin1', at, at + 1) !== '$') return start + 1
  return after(bytes, bytes.toString('latin1', start, at + 1), at + 1)
}
