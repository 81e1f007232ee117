import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  CR,
  DOT,
  LF,
  LOWER_E,
  LOWER_N,
  MINUS,
  OPEN_BRACE,
  OPEN_BRACKET,
  PLUS,
  QUOTE,
  SPACE,
  TAB,
  UPPER_E,
  ZERO,
  isDigit,
} from '../../base/characters.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import { BOOLEAN, mustBe, NESTED_TOO_DEEP, NOT_UNICODE } from '../fault-text.ts'
import { fieldPath } from './field-path.ts'
import { failInString, readEscapedString, type JsonPlace } from './json-strings.ts'

/** Containers that may be nested, counting the outermost (docs/contract.md §7). */
export const MAX_DEPTH = 127

export interface NumberToken {
  readonly text: string
  /** Whether the token has neither fraction nor exponent, and is not `-0`, which counts as a float. */
  readonly isInteger: boolean
}

/**
 * A place in a JSON text, and the path of the field that is being read there. Reads tokens by the rules of serde_json:
 * what it refuses, this refuses, as `InvalidQuery` with the field.
 */
export class JsonCursor implements JsonPlace {
  readonly text: string
  readonly path: (string | number)[] = []
  pos = 0
  #depth = 0
  readonly #maxDepth: number
  readonly #wellFormed: boolean

  constructor(text: string, maxDepth = MAX_DEPTH) {
    this.text = text
    this.#maxDepth = maxDepth
    this.#wellFormed = text.isWellFormed()
  }

  fail(fault: string): never {
    const field = this.path.length === 0 ? 'document' : fieldPath(this.path)
    throw new ExperienceError('InvalidQuery', `${field}: ${fault}`, { field })
  }

  /** The first character of the next token, as a UTF-16 unit; NaN at the end. Stands before it then. */
  peek(): number {
    let unit = this.text.charCodeAt(this.pos)
    while (unit <= space && (unit === SPACE || unit === LF || unit === CR || unit === TAB)) {
      unit = this.text.charCodeAt(++this.pos)
    }
    return unit
  }

  /** Names the next token for a message. One that is none is a fault of its own. */
  describe(): string {
    const unit = this.peek()
    if (Number.isNaN(unit)) return 'the end of the text'
    if (unit === QUOTE) return 'a string'
    if (unit === OPEN_BRACE) return 'an object'
    if (unit === OPEN_BRACKET) return 'an array'
    if (unit === MINUS || isDigit(unit)) return 'a number'
    if (this.text.startsWith('null', this.pos)) return 'null'
    if (this.text.startsWith('true', this.pos) || this.text.startsWith('false', this.pos)) return 'a boolean'
    if (unit === BYTE_ORDER_MARK) return 'a byte order mark'
    return this.fail(`is not JSON (character ${this.pos + 1})`)
  }

  expectEnd(): void {
    if (!Number.isNaN(this.peek())) this.fail('is followed by more text')
  }

  enter(): void {
    if (++this.#depth > this.#maxDepth) this.fail(NESTED_TOO_DEEP)
    this.pos++
  }

  leave(): void {
    this.#depth--
    this.pos++
  }

  /** Reads an object's members in their order; `member` must consume the value. */
  readObject(member: (key: string) => void): void {
    if (this.peek() !== OPEN_BRACE) this.fail(mustBe('an object', this.describe()))
    this.enter()
    if (this.peek() !== CLOSE_BRACE) {
      for (;;) {
        if (this.peek() !== QUOTE) this.fail('lacks a key in quotes')
        const key = this.readString()
        if (this.peek() !== COLON) this.fail('lacks a colon')
        this.pos++
        member(key)
        const unit = this.peek()
        if (unit === CLOSE_BRACE) break
        if (unit !== COMMA) this.fail('lacks a comma or a closing brace')
        this.pos++
      }
    }
    this.leave()
  }

  /** Reads an array's items in their order; `item` must consume the value. */
  readArray(item: (index: number) => void): void {
    if (this.peek() !== OPEN_BRACKET) this.fail(mustBe('an array', this.describe()))
    this.enter()
    if (this.peek() !== CLOSE_BRACKET) {
      for (let index = 0; ; index++) {
        item(index)
        const unit = this.peek()
        if (unit === CLOSE_BRACKET) break
        if (unit !== COMMA) this.fail('lacks a comma or a closing bracket')
        this.pos++
      }
    }
    this.leave()
  }

  readString(): string {
    if (this.peek() !== QUOTE) this.fail(mustBe('a string', this.describe()))
    const start = this.pos + 1
    for (let at = start; ; at++) {
      const unit = this.text.charCodeAt(at)
      if (unit === quote) {
        this.pos = at + 1
        return this.wellFormedPart(start, at)
      }
      if (unit === backslash) return readEscapedString(this, start)
      if (!(unit >= space)) failInString(this, unit)
    }
  }

  /** A part of the text that holds no escapes. Fails where it is not Unicode. */
  wellFormedPart(from: number, to: number): string {
    const part = this.text.slice(from, to)
    if (!this.#wellFormed && !part.isWellFormed()) this.fail(NOT_UNICODE)
    return part
  }

  readBoolean(): boolean {
    this.peek()
    if (this.#takeWord('true')) return true
    if (this.#takeWord('false')) return false
    return this.fail(mustBe(BOOLEAN, this.describe()))
  }

  /** Takes `null` if it comes next. */
  takeNull(): boolean {
    if (this.peek() !== LOWER_N) return false
    if (!this.#takeWord('null')) this.fail('is not JSON')
    return true
  }

  readNumber(): NumberToken {
    const unit = this.peek()
    if (unit !== MINUS && !isDigit(unit)) this.fail(mustBe('a number', this.describe()))
    const { text } = this
    const start = this.pos
    let at = unit === MINUS ? start + 1 : start
    if (text.charCodeAt(at) === ZERO) {
      at++
      if (isDigit(text.charCodeAt(at))) this.fail('holds a number that begins with 0')
    } else at = this.#digits(at)
    const integerEnd = at
    if (text.charCodeAt(at) === DOT) at = this.#digits(at + 1)
    const exponent = text.charCodeAt(at)
    if (exponent === LOWER_E || exponent === UPPER_E) {
      const sign = text.charCodeAt(at + 1)
      at = this.#digits(sign === PLUS || sign === MINUS ? at + 2 : at + 1)
    }
    this.pos = at
    const token = text.slice(start, at)
    return { text: token, isInteger: at === integerEnd && token !== '-0' }
  }

  #takeWord(word: string): boolean {
    if (!this.text.startsWith(word, this.pos)) return false
    this.pos += word.length
    return true
  }

  #digits(from: number): number {
    let at = from
    while (isDigit(this.text.charCodeAt(at))) at++
    if (at === from) this.fail('holds a number that lacks a digit')
    return at
  }
}

const BYTE_ORDER_MARK = 0xfeff

// V8 folds a module's own constants into its loops, and reads imported ones from memory each time: a tenth of reading JSON.
const space = SPACE
const quote = QUOTE
const backslash = BACKSLASH
