import { NOT_UNICODE } from '../fault-text.ts'
import { BACKSLASH, LOWER_U, QUOTE, SPACE } from '../../base/characters.ts'

/** A place in a JSON text, as far as strings need it. */
export interface JsonPlace {
  readonly text: string
  pos: number
  /** A part of the text that holds no escapes. Fails where it is not Unicode. */
  wellFormedPart(from: number, to: number): string
  fail(fault: string): never
}

/** Reads a string that has escapes, from behind its quote on. */
export function readEscapedString(place: JsonPlace, start: number): string {
  const { text } = place
  let result = ''
  let from = start
  for (let at = start; ; at++) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) {
      place.pos = at + 1
      return result + place.wellFormedPart(from, at)
    }
    if (unit === BACKSLASH) {
      result += place.wellFormedPart(from, at)
      const escape = text.charCodeAt(at + 1)
      if (escape === LOWER_U) {
        const [decoded, length] = unicodeEscape(place, at)
        result += decoded
        at += length - 1
      } else {
        result += simpleEscapes.get(escape) ?? place.fail(UNKNOWN_ESCAPE)
        at++
      }
      from = at + 1
    } else if (!(unit >= SPACE)) failInString(place, unit)
  }
}

/** Goes past a string, checking only what serde_json checks in values that it drops. */
export function skipString(place: JsonPlace): void {
  for (let at = place.pos + 1; ; at++) {
    const unit = place.text.charCodeAt(at)
    if (unit === QUOTE) {
      place.pos = at + 1
      return
    }
    if (unit === BACKSLASH) {
      const escape = place.text.charCodeAt(++at)
      if (escape === LOWER_U) {
        hex4(place, at + 1)
        at += 4
      } else if (!simpleEscapes.has(escape)) place.fail(UNKNOWN_ESCAPE)
    } else if (!(unit >= SPACE)) failInString(place, unit)
  }
}

/** Tells of a character that no string may hold. */
export function failInString(place: JsonPlace, unit: number): never {
  return place.fail(Number.isNaN(unit) ? 'ends inside a string' : 'holds a raw control character')
}

/** Decodes `\uXXXX`, or a surrogate pair of two, at a position; returns the text and the length of the escape. */
function unicodeEscape(place: JsonPlace, at: number): [string, number] {
  const first = hex4(place, at + 2)
  if (first < 0xd800 || first > 0xdfff) return [String.fromCharCode(first), 6]
  const isPair = first < 0xdc00 && place.text.startsWith('\\u', at + 6)
  const second = isPair ? hex4(place, at + 8) : 0
  if (second < 0xdc00 || second > 0xdfff) place.fail(NOT_UNICODE)
  return [String.fromCharCode(first, second), 12]
}

function hex4(place: JsonPlace, at: number): number {
  const digits = place.text.slice(at, at + 4)
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) place.fail('holds an escape \\u without four hex digits')
  return Number.parseInt(digits, 16)
}

const UNKNOWN_ESCAPE = 'holds an escape that JSON does not have'

const simpleEscapes: ReadonlyMap<number, string> = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }).map(([key, text]) => [
    key.charCodeAt(0),
    text,
  ]),
)
