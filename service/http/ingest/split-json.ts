import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  CR,
  LF,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
  TAB,
} from '../../../base/characters.ts'
import { ExperienceError } from '../../../base/experience-error.ts'

/** What a text of JSON consists of, as bytes that were not read any closer. */
export interface JsonParts {
  /** Whether the text is one array, whose items these are; otherwise they are the values that the text holds one after another. */
  readonly isArray: boolean
  readonly parts: readonly Buffer[]
}

/** No event takes as few bytes. A part costs more than a hundred in memory, however small it is. */
const SMALLEST_EVENT_BYTES = 64
/** So many small parts are told of one by one. */
const MOST_SMALL_PARTS = 10_000

/**
 * Finds where the items of an array, or the values of a text, begin and end, without reading them: whoever reads one tells what is wrong
 * in it. Error: `InvalidQuery` where an array does not end, or lacks a comma or an item, and where there are so many parts that most of
 * them cannot be events.
 */
export function splitJson(text: Buffer): JsonParts {
  const start = skipSpace(text, 0)
  return text[start] === OPEN_BRACKET
    ? { isArray: true, parts: itemsOf(text, start + 1) }
    : { isArray: false, parts: valuesOf(text, start) }
}

/** The parts of a text, as they are found. */
class Parts {
  readonly list: Buffer[] = []
  readonly #text: Buffer
  readonly #most: number

  constructor(text: Buffer) {
    this.#text = text
    this.#most = MOST_SMALL_PARTS + text.length / SMALLEST_EVENT_BYTES
  }

  add(start: number, end: number): void {
    if (this.list.length >= this.#most) fail('holds more values than it could hold events')
    this.list.push(this.#text.subarray(start, end))
  }
}

function valuesOf(text: Buffer, start: number): Buffer[] {
  const parts = new Parts(text)
  for (let at = start; at < text.length;) {
    // What no value begins with is a part of its own, and refused by whoever reads it.
    const end = Math.max(endOfValue(text, at), at + 1)
    parts.add(at, end)
    at = skipSpace(text, end)
  }
  return parts.list
}

function itemsOf(text: Buffer, start: number): Buffer[] {
  const parts = new Parts(text)
  let at = skipSpace(text, start)
  if (text[at] !== CLOSE_BRACKET) {
    for (;;) {
      const end = endOfValue(text, at)
      if (end === at) fail(at < text.length ? 'the array lacks an item' : 'ends within the array')
      parts.add(at, end)
      at = skipSpace(text, end)
      if (text[at] === CLOSE_BRACKET) break
      if (text[at] !== COMMA) fail(at < text.length ? 'the array lacks a comma' : 'ends within the array')
      at = skipSpace(text, at + 1)
    }
  }
  if (skipSpace(text, at + 1) < text.length) fail('the array is followed by more text')
  return parts.list
}

function skipSpace(text: Buffer, from: number): number {
  let at = from
  while (isSpace(text[at])) at++
  return at
}

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === LF || byte === CR || byte === TAB
}

/** Where a value ends that begins here; the end of the text, if it is not closed; where it begins, if none does. */
function endOfValue(text: Buffer, start: number): number {
  let depth = 0
  let at = start
  while (at < text.length) {
    const byte = text[at]!
    if (byte === QUOTE) {
      at = endOfString(text, at)
      if (depth === 0) return at
      continue
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) return at
      if (--depth === 0) return at + 1
    } else if (depth === 0 && (byte === COMMA || isSpace(byte))) return at
    at++
  }
  return at
}

function endOfString(text: Buffer, quote: number): number {
  let at = quote + 1
  while (at < text.length) {
    const byte = text[at]!
    if (byte === QUOTE) return at + 1
    at += byte === BACKSLASH ? 2 : 1
  }
  return text.length
}

function fail(fault: string): never {
  throw new ExperienceError('InvalidQuery', `body: ${fault}`, { field: 'body' })
}
