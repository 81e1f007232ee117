import { LOWER_N, OPEN_BRACE, OPEN_BRACKET, QUOTE } from '../base/characters.ts'
import { ExperienceError } from '../base/experience-error.ts'
import { JsonCursor } from '../schemas/json/json-cursor.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** The value of an answer's JSON text; whole numbers are bigints, exact at any size, and others numbers. Error: `StorageError`. */
export function readJson(text: string): unknown {
  try {
    const cursor = new JsonCursor(text)
    const value = valueAt(cursor)
    cursor.expectEnd()
    return value
  } catch (cause) {
    throw unexpectedAnswer('is not JSON', cause)
  }
}

/** As `readJson`, of an object. */
export function readJsonObject(text: string): JsonObject {
  const value = readJson(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unexpectedAnswer('is no object')
  return value as JsonObject
}

/** The server answered something else than this client knows: it is no experience-log, or one of another release. */
export function unexpectedAnswer(what: string, cause?: unknown): ExperienceError {
  return new ExperienceError('StorageError', `the server's answer ${what}`, { cause })
}

function valueAt(cursor: JsonCursor): unknown {
  switch (cursor.peek()) {
    case OPEN_BRACE:
      return objectAt(cursor)
    case OPEN_BRACKET:
      return arrayAt(cursor)
    case QUOTE:
      return cursor.readString()
    case LOWER_N:
      cursor.takeNull()
      return null
    case LOWER_T:
    case LOWER_F:
      return cursor.readBoolean()
    default:
      return numberAt(cursor)
  }
}

function objectAt(cursor: JsonCursor): object {
  const members: [string, unknown][] = []
  cursor.readObject((key) => members.push([key, valueAt(cursor)]))
  return Object.fromEntries(members)
}

function arrayAt(cursor: JsonCursor): unknown[] {
  const items: unknown[] = []
  cursor.readArray(() => items.push(valueAt(cursor)))
  return items
}

function numberAt(cursor: JsonCursor): bigint | number {
  const { text, isInteger } = cursor.readNumber()
  return isInteger ? BigInt(text) : Number(text)
}

const LOWER_T = 0x74
const LOWER_F = 0x66
