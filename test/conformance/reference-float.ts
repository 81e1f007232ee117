import { scalar, withValues, type JsonNode } from './json-tree.ts'

const U64_MAX = 2n ** 64n - 1n
const I32_MAX = 2 ** 31 - 1

/**
 * The 64-bit float that serde_json 1.0.149 (without `float_roundtrip`) reads from a number token: its reader is not correctly
 * rounding (docs/contract.md, trap 24). Null for tokens that it keeps as integers; infinite where it refuses the token.
 * Source: serde_json 1.0.149, src/de.rs, `parse_any_number` to `f64_from_parts`.
 */
export function referenceFloat(token: string): number | null {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?)(\d+))?$/.exec(token)
  if (parts === null) throw new SyntaxError(`${token} is not a JSON number`)
  const [, sign = '', integer = '', fraction, exponentSign, exponentDigits] = parts
  const signed = (value: number): number => (sign === '-' ? -value : value)

  let significand = 0n
  let exponent = 0
  for (let at = 0; at < integer.length; at++) {
    const grown = significand * 10n + BigInt(integer.charAt(at))
    if (grown > U64_MAX) {
      exponent = integer.length - at
      break
    }
    significand = grown
  }
  if (fraction === undefined && exponentDigits === undefined && exponent === 0) {
    const isInteger = sign === '' || (significand > 0n && significand <= 2n ** 63n)
    return isInteger ? null : signed(Number(significand))
  }
  for (const digit of fraction ?? '') {
    const grown = significand * 10n + BigInt(digit)
    if (grown > U64_MAX) break
    significand = grown
    exponent--
  }
  if (exponentDigits !== undefined) {
    const given = Number(exponentDigits)
    if (given > I32_MAX) return signed(significand !== 0n && exponentSign !== '-' ? Infinity : 0)
    exponent += exponentSign === '-' ? -given : given
  }
  return signed(scaled(Number(significand), exponent))
}

/** `f64_from_parts`: one multiplication or division by a power of ten, each rounding anew. */
function scaled(significand: number, exponent: number): number {
  let value = significand
  let left = exponent
  while (Math.abs(left) > 308) {
    if (value === 0) return 0
    if (left > 0) return Infinity
    value /= 1e308
    left += 308
  }
  return left >= 0 ? value * Number(`1e${left}`) : value / Number(`1e${-left}`)
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/**
 * A document in which each float token that the reference misreads is replaced by one that means what the reference reads, or
 * by one out of range. The same node where no token is misread.
 */
export function withReferenceFloats(node: JsonNode): JsonNode {
  if (node.kind === 'scalar') {
    const read = NUMBER.test(node.raw) ? referenceFloat(node.raw) : null
    if (read === null || Object.is(read, Number(node.raw))) return node
    return scalar(Number.isFinite(read) ? read.toExponential() : '1e999')
  }
  return withValues(node, withReferenceFloats)
}
