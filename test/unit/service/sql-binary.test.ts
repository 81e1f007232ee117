import { describe, expect, test } from 'vitest'
import { inReadableTypes, readableType } from '../../../service/http/sql/binary/readable-types.ts'

describe('types that readers of Parquet and Arrow can use', () => {
  test.each([
    ['String', 'String'],
    ['Nullable(UInt64)', 'Nullable(UInt64)'],
    ['Nullable(UInt128)', 'Nullable(Decimal(76, 0))'],
    ['Array(Int128)', 'Array(Decimal(76, 0))'],
    ['Tuple(UInt256, IPv4)', 'Tuple(String, String)'],
    ["Nullable(Enum8('a' = 1, 'it\\'s, \\'b\\' = 2' = -2))", 'Nullable(String)'],
    ["Map(String, Enum16('x' = 1000))", 'Map(String, String)'],
    ['DateTime', "DateTime64(0, 'UTC')"],
    ["Nullable(DateTime('Europe/Berlin'))", "Nullable(DateTime64(0, 'Europe/Berlin'))"],
    ["DateTime64(9, 'UTC')", "DateTime64(9, 'UTC')"],
    ['Decimal(38, 6)', 'Decimal(38, 6)'],
  ])('%s is %s', (type, readable) => expect(readableType(type)).toBe(readable))

  test('only columns of other types are converted', () => {
    const columns = [
      { name: 'a', type: 'String' },
      { name: 'b`', type: 'UInt128' },
      { name: 'c', type: "Enum8('x' = 1)" },
    ]
    expect(inReadableTypes('SELECT 1', columns)).toBe(
      "SELECT `a`, CAST(CAST(`b\\``, 'String'), 'Decimal(76, 0)') AS `b\\``, CAST(`c`, 'String') AS `c` FROM (SELECT 1) AS `own:typed`",
    )
    expect(() => inReadableTypes('SELECT 1', [columns[0]!, columns[0]!])).toThrow('two columns have the same name')
  })
})
