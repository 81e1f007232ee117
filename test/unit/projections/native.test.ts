import { describe, expect, test } from 'vitest'
import {
  bool,
  enumeration,
  float64,
  int32,
  int64,
  milliseconds,
  nullable,
  repeated,
  string,
  textMap,
  uint128,
  uint32,
  uint64,
  type ColumnType,
} from '../../../projections/columns/column-types.ts'
import { blockOf, BlockBuilder } from '../../../projections/native/block-builder.ts'
import { Int32Buffer } from '../../../projections/native/column-buffer.ts'
import { TextBuffer } from '../../../projections/native/text-buffer.ts'
import { Texts } from '../../../projections/native/texts.ts'
import { column } from '../../../projections/columns/table-columns.ts'

/** The bytes of a column whose rows have these values; a row without one is passed over. */
function hexOf<Value>(type: ColumnType<Value>, ...values: readonly (Value | undefined)[]): string {
  const buffer = type.newBuffer()
  buffer.begin(values.length)
  for (const [row, value] of values.entries()) {
    if (value !== undefined && value !== null) buffer.set(row, value)
  }
  return Buffer.concat(buffer.finish(values.length)).toString('hex')
}

describe('Native', () => {
  test('writes numbers least significant byte first', () => {
    expect(hexOf(int32, -2)).toBe('feffffff')
    expect(hexOf(uint32, 2 ** 32 - 1, 1)).toBe('ffffffff01000000')
    expect(hexOf(uint64, 2n ** 64n - 2n)).toBe('feffffffffffffff')
    expect(hexOf(int64, -2n, 2n ** 32n)).toBe('feffffffffffffff0000000001000000')
    expect(hexOf(float64, 1)).toBe('000000000000f03f')
    expect(hexOf(bool, true, false)).toBe('0100')
    expect(hexOf(milliseconds, -1, 1_767_225_600_123)).toBe('ffffffffffffffff7ba8da769b010000')
  })

  test('fills what is passed over with the default, or NULL', () => {
    expect(hexOf(int32, undefined, 7, undefined)).toBe('000000000700000000000000')
    expect(hexOf(string, undefined, 'a', undefined, 'b', undefined)).toBe('00016100016200')
    expect(hexOf(nullable(uint32), undefined, 7, null)).toBe('010001000000000700000000000000')
    expect(hexOf(nullable(string), 'a', null, 'b')).toBe('0001000161000162')
    expect(hexOf(textMap, undefined, { a: 'b' }, undefined)).toBe(
      ['0000000000000000', '0100000000000000', '0100000000000000', '0161', '0162'].join(''),
    )
  })

  test.each([0, 1, 63, 64, 65, 126, 127, 128, 129, 5461, 5462, 16_383, 16_384, 16_385, 3_000_000])(
    'writes the length in bytes before a string of %i units',
    (units) => {
      for (const unit of ['x', 'é', '€', '\0']) {
        const bytes = Buffer.from(unit.repeat(units))
        const [asText, asBytes] = [new Texts(), new Texts()]
        asText.add(unit.repeat(units))
        asBytes.addBytes(Buffer.concat([Buffer.of(1, 2), bytes, Buffer.of(3)]), 2, 2 + bytes.length)
        expect(Buffer.from(asBytes.finish()).equals(asText.finish())).toBe(true)
        const written = Buffer.from(asText.finish())
        expect(written.subarray(written.length - bytes.length).equals(bytes)).toBe(true)
        expect(readVarint(written)).toEqual({ value: bytes.length, size: written.length - bytes.length })
      }
    },
  )

  test('refuses a word that an enumeration lacks', () => {
    const type = enumeration(['a', 'b'])
    expect(type.sql).toBe("Enum8('a' = 1, 'b' = 2)")
    expect(hexOf(type, 'b')).toBe('02')
    expect(() => hexOf(type, 'c')).toThrow(RangeError)
  })

  test('refuses a UInt128 that is not 16 bytes', () => {
    expect(() => hexOf(uint128, new Uint8Array(15))).toThrow(RangeError)
  })

  test('puts the columns of a block behind their names and types', () => {
    const columns = { a: column(repeated, ''), b: column(nullable(int32), '') }
    const {
      native,
      rows,
      columns: names,
    } = blockOf(columns, [
      { a: 'x', b: null },
      { a: 'y', b: 1 },
    ])
    expect({ rows, names }).toEqual({ rows: 2, names: ['a', 'b'] })
    expect(Buffer.concat(native).toString('latin1')).toBe(
      [
        '\u0002\u0002',
        '\u0001a\u0006String\u0001x\u0001y',
        '\u0001b\u000fNullable(Int32)\u0001\0\0\0\0\0\u0001\0\0\0',
      ].join(''),
    )
  })

  test('begins anew in the same room, with nothing of the block before', () => {
    const columns = { a: column(nullable(string), ''), b: column(nullable(uint64), ''), c: column(textMap, '') }
    const builder = new BlockBuilder(columns)
    builder.begin(3)
    for (const text of ['first', 'second', 'third']) builder.add({ a: text, b: 2n ** 64n - 1n, c: { [text]: text } })
    builder.finish()
    builder.begin(2)
    const rows = [
      { a: null, b: null, c: {} },
      { a: 'x', b: null, c: {} },
    ]
    for (const row of rows) builder.add(row)
    expect(Buffer.concat(builder.finish().native).equals(Buffer.concat(blockOf(columns, rows).native))).toBe(true)
  })

  test('refuses a column that it does not have, or has of another class', () => {
    const builder = new BlockBuilder({ a: column(string, '') })
    expect(builder.buffer('b')).toBeUndefined()
    expect(builder.column('a', TextBuffer)).toBe(builder.buffer('a'))
    expect(() => builder.column('a', Int32Buffer)).toThrow(TypeError)
    expect(() => builder.column('b' as 'a', TextBuffer)).toThrow(TypeError)
  })
})

function readVarint(bytes: Uint8Array): { readonly value: number; readonly size: number } {
  let value = 0
  for (let size = 1; ; size++) {
    const byte = bytes[size - 1]!
    value += (byte & 0x7f) * 2 ** (7 * (size - 1))
    if (byte < 0x80) return { value, size }
  }
}
