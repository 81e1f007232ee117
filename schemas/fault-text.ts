// How the faults of what comes from outside are worded, be it JSON text or values of JavaScript.
import { isPlainObject } from './contract/plain-object.ts'

export const REQUIRED = 'is required'
export const NOT_KNOWN = 'is not known'
export const NOT_A_HASH = 'must be exactly 64 hex digits'
export const NOT_UNICODE = 'is not valid Unicode text'
export const OUT_OF_RANGE = 'holds a number out of the range of 64-bit floats'
export const NESTED_TOO_DEEP = 'is nested too deeply: an envelope may nest 127 levels'
export const BOOLEAN = 'true or false'

/** Of a value whose type is wrong; both are named with their articles: `must be a string, not a number`. */
export function mustBe(needed: string, given: string): string {
  return `must be ${needed}, not ${given}`
}

export function mustBeUnsigned(bits: 32 | 64): string {
  return `must be an unsigned ${bits}-bit integer`
}

export function mustBeOneOf(words: Iterable<unknown>): string {
  return `must be ${oneOf(words)}`
}

export function oneOf(words: Iterable<unknown>): string {
  return `one of ${[...words].join(', ')}`
}

/** What an externally tagged enum may be: a bare word, or an object of one key. */
export function oneOfExternal(words: Iterable<string>, keys: Iterable<string>): string {
  return oneOf([...words, ...Array.from(keys, (key) => `{"${key}": …}`)])
}

/** A fault of a map's key. */
export function ofKey(fault: string): string {
  return `a key ${fault}`
}

/** As `mustBe`, of a value of JavaScript; one that is undefined is missing. */
export function valueMustBe(needed: string, value: unknown): string {
  return value === undefined ? REQUIRED : mustBe(needed, describeValue(value))
}

/** Of a string that is not what it should be, or of another value in its place. */
export function textFault(value: unknown, fault: string): string {
  if (typeof value !== 'string') return valueMustBe('a string', value)
  return value.isWellFormed() ? fault : NOT_UNICODE
}

/** Names a value as the reader of JSON names a token. */
function describeValue(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value !== 'object') return `a ${typeof value}`
  return isPlainObject(value) ? 'an object' : `an instance of ${value.constructor.name}`
}
