import { normaliseJson } from '../json/normalise-json.ts'

/** Any value that `JSON.stringify` can print, bigints included (printed as integers). */
export type JsonInput =
  null | boolean | number | bigint | string | readonly JsonInput[] | { readonly [key: string]: JsonInput }

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
    return new JsonText(normaliseJson(text))
  }

  /** Wraps text that is known to be normalised, such as what the log holds. */
  static ofNormalised(text: string): JsonText {
    return new JsonText(text)
  }

  /** The JSON text of a JavaScript value: a whole `number` is an integer, as `JSON.stringify` prints it. Error: `InvalidQuery`. */
  static from(value: JsonInput): JsonText {
    return JsonText.parse(stringify(value))
  }

  /** The value as JavaScript reads it, with JavaScript's losses. */
  toValue(): unknown {
    return JSON.parse(this.text)
  }
}

function stringify(value: JsonInput): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number' && !Number.isFinite(value)) return 'null'
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(stringify).join(',')}]`
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${stringify(member)}`).join(',')}}`
}
