import { SqlRefused, type SqlFaultCode } from '../sql-fault.ts'
import type { Expression, Query } from '../syntax-tree.ts'
import type { Token } from './tokens.ts'

/** Expressions hold statements, and statements expressions: who reads one asks the reader of tokens for the other. */
export interface Readers {
  readonly query: (reader: TokenReader) => Query
  readonly expression: (reader: TokenReader) => Expression
}

/** How deep brackets, sub-selects and operators may be nested: what is printed has several levels for each, and the engine takes 1,000. */
const MAX_DEPTH = 48

/** Goes through the parts of a statement. */
export class TokenReader {
  readonly #tokens: readonly Token[]
  readonly #readers: Readers
  readonly #mayHaveTail: boolean
  #next = 0
  #depth = 0

  /** `mayHaveTail`: whether SETTINGS and FORMAT may stand behind the whole. */
  constructor(tokens: readonly Token[], readers: Readers, mayHaveTail = false) {
    this.#tokens = tokens
    this.#readers = readers
    this.#mayHaveTail = mayHaveTail
  }

  get token(): Token {
    return this.#tokens[this.#next]!
  }

  /** Where the part before ends. */
  get endBefore(): number {
    return this.#tokens[this.#next - 1]?.end ?? 0
  }

  ahead(count: number): Token {
    return this.#tokens[Math.min(this.#next + count, this.#tokens.length - 1)]!
  }

  take(): Token {
    const { token } = this
    if (token.kind !== 'end') this.#next++
    return token
  }

  isSymbol(text: string, ahead = 0): boolean {
    const token = this.ahead(ahead)
    return token.kind === 'symbol' && token.text === text
  }

  /** Whether the next words are these, in any case; quoted names are never words of the language. */
  isWords(...words: readonly string[]): boolean {
    return words.every((word, ahead) => wordOf(this.ahead(ahead)) === word)
  }

  tookSymbol(text: string): boolean {
    if (!this.isSymbol(text)) return false
    this.#next++
    return true
  }

  tookWords(...words: readonly string[]): boolean {
    if (!this.isWords(...words)) return false
    this.#next += words.length
    return true
  }

  /** Takes the first of the words that stands next. */
  tookOneOf<Word extends string>(...words: readonly Word[]): Word | null {
    return words.find((word) => this.tookWords(word)) ?? null
  }

  expectSymbol(text: string): void {
    if (!this.tookSymbol(text)) throw this.unexpected(`\`${text}\``)
  }

  expectWords(...words: readonly string[]): void {
    if (!this.tookWords(...words)) throw this.unexpected(words.join(' '))
  }

  /** Whether what stands next says how the whole statement is answered. */
  isAtTail(): boolean {
    return this.#mayHaveTail && this.#depth === 0 && (this.isWords('SETTINGS') || this.isWords('FORMAT'))
  }

  /** A list of at least one, separated by commas. */
  list<Item>(readItem: () => Item): Item[] {
    const items = [readItem()]
    while (this.tookSymbol(',')) items.push(readItem())
    return items
  }

  query(): Query {
    return this.deeper(() => this.#readers.query(this))
  }

  expression(): Expression {
    return this.deeper(() => this.#readers.expression(this))
  }

  /** Whether a sub-select stands in the bracket that is next, or in the innermost of so many. */
  isQueryInBrackets(mostBrackets = MAX_DEPTH): boolean {
    let ahead = 0
    while (ahead < mostBrackets && this.isSymbol('(', ahead)) ahead++
    const word = wordOf(this.ahead(ahead))
    return ahead > 0 && (word === 'SELECT' || word === 'WITH')
  }

  /** Reads what stands within something else. */
  deeper<Result>(read: () => Result): Result {
    if (++this.#depth > MAX_DEPTH)
      throw this.refused('too_large', `nested more than ${MAX_DEPTH} deep: use WITH, or fewer brackets`)
    const result = read()
    this.#depth--
    return result
  }

  refused(code: SqlFaultCode, message: string, at = this.token.at): SqlRefused {
    return new SqlRefused(code, message, at)
  }

  unexpected(expected: string): SqlRefused {
    const { kind, text } = this.token
    const found = kind === 'end' ? 'the statement ends' : `${JSON.stringify(text.slice(0, 40))} stands`
    return this.refused('syntax', `${found} where ${expected} is expected`)
  }
}

function wordOf({ kind, text }: Token): string | null {
  return kind === 'word' ? text.toUpperCase() : null
}
