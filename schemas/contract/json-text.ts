import { ExperienceError } from '../../base/experience-error.ts'
import { jsonValueOf } from '../json/json-value.ts'
import { normaliseJson } from '../json/normalise-json.ts'
import { NESTED_TOO_DEEP, NOT_UNICODE, OUT_OF_RANGE } from '../fault-text.ts'
import { isPlainObject } from './plain-object.ts'

/** A JSON value; a bigint is an integer. A member that is undefined counts as absent. */
export type JsonInput =
  null | boolean | number | bigint | string | readonly JsonInput[] | { readonly [key: string]: JsonInput }

/** Containers that a payload may nest: the reader's 127 less the four around it (docs/contract.md §7). */
const MAX_DEPTH = 123

/**
 * An arbitrary JSON value kept as its normalised text, since JavaScript values lose what the contract keeps: the order of
 * integer-like keys, integers beyond 2^53, and the difference between `1` and `1.0`.
 */
export class JsonText {
  /** Normalised JSON text: no white space, numbers and strings as the reference prints them. */
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  /** Normalises JSON text. Error: `InvalidQuery`. */
  static parse(text: string): JsonText {
    return new JsonText(normaliseJson(text, MAX_DEPTH))
  }

  /** As `parse`, but returns null for `null`, which as a payload means none (docs/contract.md §5.1). */
  static payload(text: string): JsonText | null {
    const parsed = JsonText.parse(text)
    return parsed.text === 'null' ? null : parsed
  }

  /** Wraps text that is known to be normalised. */
  static ofNormalised(text: string): JsonText {
    return new JsonText(text)
  }

  /** The JSON text of a JavaScript value: a whole `number` is an integer, as `JSON.stringify` prints it. Error: `InvalidQuery`. */
  static from(value: JsonInput): JsonText {
    return JsonText.parse(stringify(value, 0))
  }

  /** Makes `JSON.stringify` print the text itself. Before Node 21 it throws a `TypeError` if JavaScript cannot print one of the numbers. */
  toJSON(): unknown {
    return jsonValueOf(this.text)
  }

  /** The value as JavaScript reads it, with JavaScript's losses. */
  toValue(): unknown {
    return JSON.parse(this.text)
  }
}

function stringify(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) throw new ExperienceError('InvalidQuery', NESTED_TOO_DEEP)
  if (typeof value === 'bigint') return stringifyInteger(value)
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : 'null'
  if (typeof value === 'string') return stringifyText(value)
  if (value === null || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return `[${Array.from(value, (item) => stringify(item, depth + 1)).join(',')}]`
  // A Map, a Set or a Date would lose what it holds.
  if (!isPlainObject(value)) throw new ExperienceError('InvalidQuery', 'is not a JSON value')
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([key, member]) => `${stringifyText(key)}:${stringify(member, depth + 1)}`).join(',')}}`
}

function stringifyText(text: string): string {
  if (!text.isWellFormed()) throw new ExperienceError('InvalidQuery', NOT_UNICODE)
  return JSON.stringify(text)
}

function stringifyInteger(value: bigint): string {
  if (!Number.isFinite(Number(value))) throw new ExperienceError('InvalidQuery', OUT_OF_RANGE)
  return value.toString()
}
