import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NumberToken } from '../../../schemas/json/json-cursor.ts'
import { f32Of, f64Of, integerOf } from '../../../schemas/json/json-numbers.ts'

function integer(value: bigint): NumberToken {
  return { text: String(value), isInteger: true }
}
const anyU64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })

/** The float next above or below. */
function neighbour(value: number, step: 1 | -1): number {
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, value)
  view.setInt32(0, view.getInt32(0) + step)
  return view.getFloat32(0)
}

function isEven(value: number): boolean {
  return new DataView(Float32Array.of(value).buffer).getUint32(0, true) % 2 === 0
}

/** The 32-bit float nearest to a positive integer, the even one of two: found by exact distances. */
function nearestF32(value: bigint): number {
  const near = Math.fround(Number(value))
  const distance = (f: number): bigint => (BigInt(f) > value ? BigInt(f) - value : value - BigInt(f))
  return [neighbour(near, -1), near, neighbour(near, 1)].reduce((best, f) => {
    const [a, b] = [distance(best), distance(f)]
    return b < a || (b === a && isEven(f)) ? f : best
  })
}

describe('f32Of', () => {
  test('rounds an integer once', () => {
    const wide = fc.bigInt({ min: 2n ** 54n, max: 2n ** 64n - 1n })
    fc.assert(
      fc.property(wide, (value) => {
        expect(f32Of(integer(value))).toBe(nearestF32(value))
      }),
      { numRuns: 5000 },
    )
  })

  test('rounds integers next to a tie to the side on which they lie', () => {
    const tie = fc.tuple(fc.bigInt({ min: 2n ** 23n, max: 2n ** 24n - 1n }), fc.bigInt({ min: 1n, max: 39n }))
    fc.assert(
      fc.property(tie, fc.constantFrom(-1n, 0n, 1n), ([steps, shift], off) => {
        const value = (2n * steps + 1n) * 2n ** shift + off
        expect(f32Of(integer(value))).toBe(nearestF32(value))
        expect(f32Of(integer(-value))).toBe(
          // Beyond −2⁶³ the token is a float, and rounds twice.
          value <= 2n ** 63n ? -nearestF32(value) : Math.fround(-Number(value)),
        )
      }),
      { numRuns: 5000 },
    )
  })

  test('rounds what is not an integer by way of 64 bits', () => {
    // Exactly between two floats but for its last digit, which 64 bits do not hold.
    expect(f32Of({ text: '16777217.00000000000000000001', isInteger: false })).toBe(16_777_216)
    expect(f32Of({ text: '1e39', isInteger: false })).toBe(Infinity)
    expect(f32Of({ text: '-0', isInteger: false })).toBe(-0)
  })
})

describe('integerOf', () => {
  test('keeps integers from −2⁶³ to 2⁶⁴−1', () => {
    fc.assert(
      fc.property(anyU64, (value) => {
        expect(integerOf(integer(value))).toBe(value)
      }),
    )
    for (const value of [-(2n ** 63n), 2n ** 64n - 1n, 0n]) expect(integerOf(integer(value))).toBe(value)
    for (const value of [-(2n ** 63n) - 1n, 2n ** 64n]) expect(integerOf(integer(value))).toBeNull()
  })

  test('does not convert tokens that are too long', () => {
    expect(integerOf({ text: '1'.repeat(10_000_000), isInteger: true })).toBeNull()
  })
})

test('a float token is rounded correctly, where the reference is one unit off', () => {
  expect(f64Of({ text: '0.9856906946328695', isInteger: false })).toBe(0.9856906946328695)
})
