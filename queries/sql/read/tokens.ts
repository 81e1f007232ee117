import { SqlRefused } from '../sql-fault.ts'
import { readEscaped, readHeredoc } from './quoted-text.ts'

export type TokenKind = 'word' | 'quoted-name' | 'number' | 'string' | 'symbol' | 'end'

/** The smallest part of a statement that means something. */
export interface Token {
  readonly kind: TokenKind
  /** Of a word, number or symbol its letters; of a text or quoted name what it stands for, without quotes and escapes. */
  readonly text: string
  /** Where it begins and ends in the statement. */
  readonly at: number
  readonly end: number
}

/** Statements have no more parts than that. */
const MAX_TOKENS = 20_000

const SPACE = /[ \t\r\n\f\v]+/y
const LINE_COMMENT = /(?:--|#!|# )[^\n]*/y
const BLOCK_COMMENT = /\/\*[^]*?\*\//y
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y
const NUMBER = /(?:0[xX][0-9a-fA-F]+|0[bB][01]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)(?![A-Za-z0-9_])/y
/** The place of a member of a tuple, behind a point. */
const MEMBER_NUMBER = /\d+(?![A-Za-z0-9_])/y
const SYMBOL = /::|->|\|\||<=>|<=|>=|<>|!=|==|[-+*/%(),.;<>=[\]{}:?]/y
/** After these a point begins a member, not a number. */
const ENDS_OPERAND: ReadonlySet<string> = new Set([')', ']', '}'])

/** The parts of a statement, the last of kind `end`. Throws `SqlRefused`. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  for (;;) {
    at = afterBlanks(text, at)
    if (at === text.length) return [...tokens, { kind: 'end', text: '', at, end: at }]
    if (tokens.length >= MAX_TOKENS) throw new SqlRefused('too_large', `more than ${MAX_TOKENS} words and signs`, at)
    const token = tokenAt(text, at, tokens)
    tokens.push(token)
    at = token.end
  }
}

function afterBlanks(text: string, from: number): number {
  for (let at = from; ;) {
    const blank = matchAt(SPACE, text, at) ?? matchAt(LINE_COMMENT, text, at) ?? matchAt(BLOCK_COMMENT, text, at)
    if (blank === null) {
      if (text.startsWith('/*', at)) throw new SqlRefused('syntax', 'the comment does not end', at)
      return at
    }
    at += blank.length
  }
}

function tokenAt(text: string, at: number, tokens: readonly Token[]): Token {
  const first = text[at]!
  if (first === "'") {
    const { value, end } = readEscaped(text, at)
    return { kind: 'string', text: value, at, end }
  }
  if (first === '`' || first === '"') {
    const { value, end } = readEscaped(text, at)
    if (value === '') throw new SqlRefused('syntax', 'a name cannot be empty', at)
    return { kind: 'quoted-name', text: value, at, end }
  }
  if (first === '$') {
    const { value, end } = readHeredoc(text, at)
    return { kind: 'string', text: value, at, end }
  }
  const number = matchAt(isPoint(tokens.at(-1)) ? MEMBER_NUMBER : NUMBER, text, at)
  if (number !== null && !(first === '.' && tokens.at(-1)?.end === at && endsOperand(tokens)))
    return made('number', number, at)
  const word = matchAt(WORD, text, at)
  if (word !== null) return made('word', word, at)
  const symbol = matchAt(SYMBOL, text, at)
  if (symbol !== null) return made('symbol', symbol, at)
  throw new SqlRefused(
    'syntax',
    `${JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))} means nothing here`,
    at,
  )
}

/** Whether a point that stands next begins a member of what is before it. */
function endsOperand(tokens: readonly Token[]): boolean {
  const before = tokens.at(-1)
  if (before === undefined) return false
  if (before.kind === 'symbol') return ENDS_OPERAND.has(before.text)
  return before.kind !== 'number' || isPoint(tokens.at(-2))
}

function isPoint(token: Token | undefined): boolean {
  return token?.kind === 'symbol' && token.text === '.'
}

function made(kind: TokenKind, text: string, at: number): Token {
  return { kind, text, at, end: at + text.length }
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? null
}
