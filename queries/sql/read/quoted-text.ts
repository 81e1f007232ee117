import { SqlRefused } from '../sql-fault.ts'

/** What a quoted part of a statement stands for, and where it ends. */
export interface QuotedText {
  readonly value: string
  readonly end: number
}

/** As ClickHouse reads them. */
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '0': '\0',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
  '/': '/',
}

/** A text or name between quotes of the kind that stands at `at`: doubled quotes and backslashes escape. Throws `SqlRefused`. */
export function readEscaped(text: string, at: number): QuotedText {
  const quote = text[at]!
  const parts: string[] = []
  for (let next = at + 1; next < text.length;) {
    const character = text[next]!
    if (character === quote) {
      if (text[next + 1] !== quote) return { value: parts.join(''), end: next + 1 }
      parts.push(quote)
      next += 2
    } else if (character === '\\') {
      const { value, end } = readEscape(text, next)
      parts.push(value)
      next = end
    } else {
      parts.push(character)
      next++
    }
  }
  throw new SqlRefused('syntax', `the text that begins with ${quote} does not end`, at)
}

function readEscape(text: string, at: number): QuotedText {
  const escaped = text[at + 1] ?? ''
  if (escaped === 'x') {
    const byte = /^[0-9a-fA-F]{2}/.exec(text.slice(at + 2, at + 4))?.[0]
    if (byte === undefined) throw new SqlRefused('syntax', '\\x takes two hexadecimal digits', at)
    const code = Number.parseInt(byte, 16)
    if (code > 0x7f) throw new SqlRefused('not_supported', "bytes above \\x7F: write unhex('…')", at)
    return { value: String.fromCharCode(code), end: at + 4 }
  }
  if (escaped === 'N') throw new SqlRefused('not_supported', '\\N: write NULL', at)
  // Of an unknown escape ClickHouse keeps the backslash; LIKE needs it so.
  return { value: ESCAPES[escaped] ?? `\\${escaped}`, end: at + 1 + escaped.length }
}

const HEREDOC = /\$(\w*)\$([^]*?)\$\1\$/y

/** `$word$ … $word$`: a text as it stands. Throws `SqlRefused`. */
export function readHeredoc(text: string, at: number): QuotedText {
  HEREDOC.lastIndex = at
  const found = HEREDOC.exec(text)
  if (found === null) throw new SqlRefused('syntax', 'a text between $…$ begins here, and does not end', at)
  return { value: found[2]!, end: at + found[0].length }
}
