import { describe, expect, test } from 'vitest'
import type { ForeignLimits } from '../../../../projections/read-model-store.ts'
import { sentKey } from '../../../../service/clickhouse-door/request/credentials.ts'
import { judgeSettings } from '../../../../service/clickhouse-door/request/judge-settings.ts'
import { typeFacts } from '../../../../service/clickhouse-door/catalog/view-columns.ts'

const MOST: ForeignLimits = { milliseconds: 5000, memoryBytes: 1, rows: 100, more: 'error', resultBytes: 1 }

function limitsOf(settings: Readonly<Record<string, string>>): Pick<ForeignLimits, 'milliseconds' | 'rows' | 'more'> {
  const given = Object.entries(settings).map(([name, value]) => ({ name, value, at: 0 }))
  const { milliseconds, rows, more } = judgeSettings(given, MOST).limits
  return { milliseconds, rows, more }
}

describe('what comes with a statement', () => {
  test('the key that is sent first in ClickHouse’s order is the key, and an empty one is none', () => {
    const url = new Map([['password', 'in-url']])
    const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`
    expect(sentKey({}, new Map())).toBeNull()
    expect(sentKey({}, url)).toBe('in-url')
    expect(sentKey({ 'x-clickhouse-key': 'in-header' }, url)).toBe('in-header')
    expect(sentKey({ authorization: basic('user:a:b') }, url)).toBe('a:b')
    expect(sentKey({ authorization: basic('default:') }, url)).toBeNull()
    expect(sentKey({ authorization: 'bearer token' }, url)).toBe('token')
    expect(sentKey({ authorization: 'Digest x=1' }, url)).toBe('none')
  })

  test('who asks for more gets no more, and who asks for less gets less', () => {
    expect(limitsOf({})).toEqual({ milliseconds: 5000, rows: 100, more: 'error' })
    expect(limitsOf({ max_execution_time: '0', max_result_rows: '0' })).toEqual(limitsOf({}))
    expect(limitsOf({ max_execution_time: '60', max_result_rows: '1000' })).toEqual(limitsOf({}))
    expect(limitsOf({ max_execution_time: '1.5', max_result_rows: '7' })).toEqual({
      milliseconds: 1500,
      rows: 7,
      more: 'error',
    })
    expect(limitsOf({ max_result_rows: '7', result_overflow_mode: 'break' })).toMatchObject({ rows: 7, more: 'none' })
    // What the door leaves out, it says.
    expect(limitsOf({ max_result_rows: '1000', result_overflow_mode: 'break' })).toMatchObject({
      rows: 100,
      more: 'error',
    })
    expect(limitsOf({ limit: '7', max_result_rows: '9' })).toMatchObject({ rows: 7, more: 'none' })
    expect(limitsOf({ limit: '9', max_result_rows: '7' })).toMatchObject({ rows: 7, more: 'error' })
  })

  test('what catalogs say of types', () => {
    expect(typeFacts('Nullable(Decimal(38, 6))')).toEqual({
      isNullable: true,
      precision: 38,
      radix: 10,
      scale: 6,
      datetimePrecision: null,
    })
    expect(typeFacts('UInt64')).toEqual({
      isNullable: false,
      precision: 64,
      radix: 2,
      scale: 0,
      datetimePrecision: null,
    })
    expect(typeFacts("DateTime64(9, 'UTC')")).toMatchObject({ datetimePrecision: 9, precision: null })
  })
})
