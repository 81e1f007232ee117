import { describe, expect, test } from 'vitest'
import { serverFault, storageError } from '../../../projections/clickhouse/server-fault.ts'

function messageOf(error: Error): string {
  return storageError(serverFault(error)!).message
}

describe('fault of the ClickHouse server', () => {
  test('is found in the errors of both clients', () => {
    const overHttp = Object.assign(new Error('Unknown table'), { code: '60', type: 'UNKNOWN_TABLE' })
    expect(serverFault(overHttp)).toMatchObject({ code: 60, type: 'UNKNOWN_TABLE' })
    const embedded = new Error('Code: 252. DB::Exception: Too many parts (300). Merges are slow. (TOO_MANY_PARTS)')
    expect(serverFault(embedded)).toEqual({
      code: 252,
      type: 'TOO_MANY_PARTS',
      text: 'Too many parts (300). Merges are slow.',
    })
  })

  test('is not found in what the network did', () => {
    expect(serverFault(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).toBeNull()
    expect(serverFault('text')).toBeNull()
  })

  test.each([159, 202, 209, 241, 242, 252, 999])('may pass: code %i', (code) => {
    expect(storageError({ code, type: 'X', text: '' })).toMatchObject({ code: 'StorageError', retryable: true })
  })

  test.each([27, 60, 62, 164, 497, 516])('does not pass: code %i', (code) => {
    expect(storageError({ code, type: 'X', text: '' })).toMatchObject({ code: 'StorageError', retryable: false })
  })

  test('names what the fault is about', () => {
    const error = new Error('Code: 60. DB::Exception: Table db.nowhere does not exist. (UNKNOWN_TABLE)')
    expect(messageOf(error)).toBe(
      'ClickHouse rejected the request: UNKNOWN_TABLE (code 60): Table db.nowhere does not exist.',
    )
  })

  test.each([
    "Code: 27. DB::Exception: Cannot parse input: expected ',' before: 'sk-secret': (at row 3) (CANNOT_PARSE_INPUT)",
    'Code: 457. DB::Exception: Value sk-secret cannot be parsed as UInt64 (BAD_QUERY_PARAMETER)',
    'Code: 62. DB::Exception: Syntax error: failed at position 8 (sk-secret) (line 1): sk-secret. (SYNTAX_ERROR)',
    "Code: 47. DB::Exception: Unknown identifier x In scope SELECT x WHERE y = 'sk-secret'. (UNKNOWN_IDENTIFIER)",
    "Code: 60. DB::Exception: Table t, maybe \\'a' or 'sk-secret it''s \\' sk-secret'. (UNKNOWN_TABLE)",
    'Code: 241. DB::Exception: Memory limit exceeded: while reading "sk-secret\\" sk-secret". (MEMORY_LIMIT_EXCEEDED)',
    'Code: 44. DB::Exception: Illegal column\nsk-secret (ILLEGAL_COLUMN)',
  ])('does not repeat data: %s', (message) => {
    expect(messageOf(new Error(message))).not.toContain('sk-secret')
  })

  test('is cut when it is long', () => {
    expect(messageOf(new Error(`Code: 60. DB::Exception: ${'x'.repeat(9_000)} (UNKNOWN_TABLE)`)).length).toBeLessThan(
      400,
    )
  })
})
