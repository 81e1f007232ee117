import { describe, expect, test } from 'vitest'
import { storedStatement } from '../../../../queries/sql/stored-statement.ts'
import { catalog } from './catalog.ts'

describe('a statement that is stored', () => {
  test('tells its parameters, each once, of every type that may be named', () => {
    const types = [
      'UInt8',
      'Int256',
      'Float64',
      'Decimal(10, 2)',
      'Bool',
      'String',
      "DateTime64(9, 'UTC')",
      'Nullable(UInt8)',
      'Array(Array(String))',
      'LowCardinality(String)',
      'Map(String, UInt8)',
      'Tuple(UInt8, String)',
    ]
    const list = types.map((type, place) => `{p${place}:${type}}`)
    expect(storedStatement(`SELECT ${list.join(', ')}, ${list[0]!} FROM events LIMIT {p0:UInt8}`, catalog)).toEqual({
      kind: 'statement',
      parameters: types.map((type, place) => ({ name: `p${place}`, type })),
    })
  })

  test('is refused with everything that is wrong, but for values that nobody has given yet', () => {
    const many = Array.from({ length: 30 }, (_, n) => `{a${n}:UInt8}`).join(', ')
    const stored = storedStatement(`SELECT ${many}, hostName()`, catalog)
    expect(stored).toMatchObject({ kind: 'refused', faults: [{ code: 'unknown_function' }] })
    expect(storedStatement('SELECT {a:UInt8}, {a:String}', catalog)).toMatchObject({ faults: [{ code: 'parameter' }] })
    expect(storedStatement('SELECT {a:Nothing}', catalog)).toMatchObject({ faults: [{ code: 'unknown_type' }] })
    expect(storedStatement('SELECT', catalog)).toMatchObject({ faults: [{ code: 'syntax' }] })
    expect(storedStatement('DROP TABLE events', catalog).kind).toBe('refused')
  })
})
