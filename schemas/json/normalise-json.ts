import { LOWER_F, LOWER_N, LOWER_T, OPEN_BRACE, OPEN_BRACKET, QUOTE } from '../../base/characters.ts'
import { OUT_OF_RANGE } from '../fault-text.ts'
import { f64Text } from './float-text.ts'
import { JsonCursor } from './json-cursor.ts'
import { f64Of, integerOf } from './json-numbers.ts'

/**
 * Normalises JSON text as serde_json reads and prints it with `preserve_order`: no white space, a repeated key keeps its
 * first place and last value, numbers and strings in the reference's text (docs/contract.md §5.1). Error: `InvalidQuery`.
 */
export function normaliseJson(text: string, maxDepth?: number): string {
  const cursor = new JsonCursor(text, maxDepth)
  const normalised = readNormalised(cursor)
  cursor.expectEnd()
  return normalised
}

/** Reads the next value and answers with its normalised text. */
export function readNormalised(cursor: JsonCursor): string {
  switch (cursor.peek()) {
    case QUOTE:
      return JSON.stringify(cursor.readString())
    case OPEN_BRACE: {
      const members = new Map<string, string>()
      cursor.readObject((key) => members.set(key, readNormalised(cursor)))
      return `{${Array.from(members, ([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`
    }
    case OPEN_BRACKET: {
      const items: string[] = []
      cursor.readArray(() => items.push(readNormalised(cursor)))
      return `[${items.join(',')}]`
    }
    case LOWER_N:
      cursor.takeNull()
      return 'null'
    case LOWER_T:
    case LOWER_F:
      return String(cursor.readBoolean())
    default:
      return readNormalisedNumber(cursor)
  }
}

function readNormalisedNumber(cursor: JsonCursor): string {
  const token = cursor.readNumber()
  const integer = integerOf(token)
  if (integer !== null) return integer.toString()
  const value = f64Of(token)
  if (!Number.isFinite(value)) cursor.fail(OUT_OF_RANGE)
  return f64Text(value)
}
