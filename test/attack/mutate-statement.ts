import { allowedFunction } from '../../queries/sql/check/allowed-functions.ts'
import type { Token } from '../../queries/sql/read/tokens.ts'
import type { Random } from '../conformance/random.ts'
import { distorted } from './distort-statement.ts'
import { readableNames, tokensOrNone } from './statement-parts.ts'

/** A statement that was made of another. */
export interface Mutation {
  readonly sql: string
  /** Whether it means what the other one means. */
  readonly isSame: boolean
}

/** Names that a store puts in place of: nothing else may become of them. */
const PLACES = /DATABASE|EVENTS_TABLE/
const BLANKS = [
  ' ',
  '\n',
  '\t',
  ' \r\n',
  ' /**/ ',
  ' /* \' " ` */ ',
  ' -- FROM system.tables\n',
  ' # x\n',
  ' #! x\n',
  '\f',
  '/*;*/',
]

/** Said otherwise, or something else, by the turn of the choice. */
export function mutated(sql: string, others: readonly string[], random: Random): Mutation {
  const tokens = tokensOrNone(sql)
  if (tokens === null || random.oneIn(2)) return { sql: distorted(sql, tokens, others, random), isSame: false }
  return { sql: rephrased(sql, tokens, random), isSame: true }
}

/** The same in other letters: blanks and comments, case, quotes, escapes, brackets. */
function rephrased(sql: string, tokens: readonly Token[], random: Random): string {
  let text = ''
  let end = 0
  for (const [place, token] of tokens.entries()) {
    const gap = sql.slice(end, token.at)
    text += gap === '' ? optionalBlank(tokens[place - 1], token, random) : random.pick(BLANKS)
    text += random.oneIn(2) ? spelled(sql, tokens, place, random) : sql.slice(token.at, token.end)
    end = token.end
  }
  return tokens.at(-1)?.text === ';' ? text : around(text, random)
}

/** Where nothing stood between two parts: blanks only beside brackets and commas, whose neighbours nothing else joins. */
function optionalBlank(before: Token | undefined, token: Token, random: Random): string {
  const isLoose = (each: Token | undefined): boolean => each?.kind === 'symbol' && '(),'.includes(each.text)
  const follows = before?.kind === 'symbol' && before.text === ')'
  return isLoose(token) && !follows && before !== undefined && random.oneIn(3) ? random.pick(BLANKS) : ''
}

function spelled(sql: string, tokens: readonly Token[], place: number, random: Random): string {
  const token = tokens[place]!
  const written = sql.slice(token.at, token.end)
  if (PLACES.test(written)) return written
  switch (token.kind) {
    case 'string':
      return textOtherwise(token.text, random)
    case 'number':
      return /^[1-9]\d{0,8}$/.test(written) && !mustBeDigits(tokens, place)
        ? numberOtherwise(Number(written), random)
        : written
    case 'word':
      return wordOtherwise(tokens, place, random)
    case 'quoted-name':
    case 'symbol':
    case 'end':
      return written
  }
}

function mustBeDigits(tokens: readonly Token[], place: number): boolean {
  const before = tokens[place - 1]?.text ?? ''
  // Members of tuples, and numbers that only digits may say: of LIMIT, of types, of `numbers(…)`, of intervals.
  return (
    ['.', 'LIMIT', 'OFFSET', 'INTERVAL', 'BY', 'WITH', ','].includes(before) || before === '(' || before === 'UNION'
  )
}

function textOtherwise(text: string, random: Random): string {
  if (!text.includes('$') && random.oneIn(3)) return `$tag$${text}$tag$`
  const characters = Array.from(text, (each) => each).map((character) => {
    if (character === '\\') return '\\\\'
    if (character === "'") return random.oneIn(2) ? "''" : "\\'"
    const code = character.codePointAt(0)!
    return code > 0 && code < 0x80 && random.oneIn(4) ? `\\x${code.toString(16).padStart(2, '0')}` : character
  })
  return `'${characters.join('')}'`
}

function numberOtherwise(number: number, random: Random): string {
  return random.pick([
    `0x${number.toString(16)}`,
    `0X${number.toString(16).toUpperCase()}`,
    String(number).split('').join('_'),
    `0b${number.toString(2)}`,
  ])
}

function wordOtherwise(tokens: readonly Token[], place: number, random: Random): string {
  const { text } = tokens[place]!
  const [before, after] = [tokens[place - 1]?.text ?? '', tokens[place + 1]?.text ?? '']
  // `{name:Type}` stands for itself.
  if (before === '{' || before === ':') return text
  if (after === '(' && allowedFunction(text) !== null && !readableNames.has(text)) return inAnyCase(text, random)
  if (/^[A-Z]{2,}$/.test(text) && after !== '(') return inAnyCase(text, random)
  if (!readableNames.has(text) || after === '(') return text
  return random.pick([`\`${text}\``, `"${text}"`])
}

function inAnyCase(text: string, random: Random): string {
  return Array.from(text, (each) => (random.oneIn(2) ? each.toUpperCase() : each.toLowerCase())).join('')
}

function around(sql: string, random: Random): string {
  switch (random.below(6)) {
    case 0:
      return `${random.pick(BLANKS)}${sql}${random.pick(BLANKS)}`
    case 1:
      return `${sql} ;${random.pick(BLANKS)}`
    case 2:
      return `(${sql}\n)`
    default:
      return sql
  }
}
