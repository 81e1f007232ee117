import { describe, expect, test } from 'vitest'
import { enumeration, milliseconds, nullable, uint64 } from '../../../projections/column-types.ts'
import { RowBinaryWriter } from '../../../projections/row-binary.ts'

function hexOf(write: (writer: RowBinaryWriter) => void): string {
  const writer = new RowBinaryWriter()
  write(writer)
  return Buffer.from(writer.finish()).toString('hex')
}

describe('RowBinary', () => {
  test('writes numbers least significant byte first', () => {
    expect(hexOf((writer) => writer.int32(-2))).toBe('feffffff')
    expect(hexOf((writer) => writer.uint32(2 ** 32 - 1))).toBe('ffffffff')
    expect(hexOf((writer) => writer.uint64(2n ** 64n - 2n))).toBe('feffffffffffffff')
    expect(hexOf((writer) => writer.int64(-2n))).toBe('feffffffffffffff')
    expect(hexOf((writer) => writer.float64(1))).toBe('000000000000f03f')
    expect(hexOf((writer) => writer.float32(1))).toBe('0000803f')
    expect(hexOf((writer) => writer.bool(true))).toBe('01')
  })

  test.each([0, 1, 39, 40, 41, 42, 43, 126, 127, 128, 129, 5461, 5462, 16_383, 16_384, 16_385, 3_000_000])(
    'writes the length in bytes before a string of %i units',
    (units) => {
      for (const unit of ['x', 'é', '€', '\0']) {
        const text = unit.repeat(units)
        const bytes = Buffer.from(text)
        const written = Buffer.from(
          hexOf((writer) => writer.string(text)),
          'hex',
        )
        const length = Buffer.from(
          hexOf((writer) => writer.varint(bytes.length)),
          'hex',
        )
        expect(written.equals(Buffer.concat([length, bytes]))).toBe(true)
      }
    },
  )

  test('writes lengths in groups of seven bits', () => {
    expect(hexOf((writer) => writer.varint(300))).toBe('ac02')
    expect(hexOf((writer) => writer.varint(2 ** 32 - 1))).toBe('ffffffff0f')
  })

  test('leaves what was finished as it was', () => {
    const writer = new RowBinaryWriter()
    writer.string('first')
    const first = writer.finish()
    writer.string('later')
    expect(Buffer.from(first).toString('latin1')).toBe('\u0005first')
    expect(writer.length).toBe(6)
  })

  test('marks nulls', () => {
    expect(hexOf((writer) => nullable(uint64).write(writer, null))).toBe('01')
    expect(hexOf((writer) => nullable(uint64).write(writer, 1n))).toBe('000100000000000000')
  })

  test('writes times before the epoch', () => {
    expect(hexOf((writer) => milliseconds.write(writer, -1))).toBe('ffffffffffffffff')
  })

  test('refuses a word that an enumeration lacks', () => {
    const type = enumeration(['a', 'b'])
    expect(type.sql).toBe("Enum8('a' = 1, 'b' = 2)")
    expect(hexOf((writer) => type.write(writer, 'b'))).toBe('02')
    expect(() => hexOf((writer) => type.write(writer, 'c'))).toThrow(RangeError)
  })

  test('refuses a UInt128 that is not 16 bytes', () => {
    expect(() => hexOf((writer) => writer.uint128(new Uint8Array(15)))).toThrow(RangeError)
  })
})
