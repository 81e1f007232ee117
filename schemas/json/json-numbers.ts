import type { NumberToken } from './json-cursor.ts'

const I64_MIN = -(2n ** 63n)
const U64_MAX = 2n ** 64n - 1n
/** Digits of 2⁶⁴−1, and of −2⁶³ with its sign: a longer token need not be converted, which takes long for very long ones. */
const MAX_INTEGER_LENGTH = 20

/** The value of a token if serde_json keeps it as an integer (−2⁶³…2⁶⁴−1), else null. */
export function integerOf(token: NumberToken): bigint | null {
  if (!token.isInteger || token.text.length > MAX_INTEGER_LENGTH) return null
  const value = BigInt(token.text)
  return value >= I64_MIN && value <= U64_MAX ? value : null
}

/** The token rounded to 64 bits; infinite where it is out of range, which the caller refuses. */
export function f64Of(token: NumberToken): number {
  return Number(token.text)
}

/**
 * The token rounded to 32 bits as the reference does it: an integer in one step, anything else through 64 bits.
 */
export function f32Of(token: NumberToken): number {
  const integer = integerOf(token)
  return integer === null ? Math.fround(Number(token.text)) : f32OfInteger(integer)
}

function f32OfInteger(value: bigint): number {
  const magnitude = value < 0n ? -value : value
  const excess = magnitude.toString(2).length - 53
  if (excess <= 0) return Math.fround(Number(value))
  // Keep 53 bits and make the last one sticky: the second rounding then sees on which side of a tie the value lies.
  const kept = magnitude >> BigInt(excess)
  const sticky = kept << BigInt(excess) === magnitude ? kept : kept | 1n
  const rounded = Math.fround(Number(sticky << BigInt(excess)))
  return value < 0n ? -rounded : rounded
}
