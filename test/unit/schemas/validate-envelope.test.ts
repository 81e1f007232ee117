import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseEnvelope, validateEnvelope, validateIdentifier } from '../../../schemas/contract/envelope.ts'

const valid = parseEnvelope({
  event_id: 'evt-1',
  occurred_at: '2026-04-23T09:14:07Z',
  event: { type: 'BudgetExceeded', data: { chain_id: 'c', resource: 'Tokens', limit: '1' } },
})

/** The message of the fault, null if there is none. Every fault is an `InvalidQuery` that names its field. */
function fault(changes: Partial<typeof valid>): string | null {
  try {
    validateEnvelope({ ...valid, ...changes })
    return null
  } catch (error) {
    const { message } = error as Error
    expect(error).toMatchObject({ code: 'InvalidQuery', field: message.split(' ')[0], retryable: false })
    return message
  }
}

const identifiers = ['event_id', 'tenant_id', 'correlation_id'] as const

describe.each(identifiers)('%s', (field) => {
  test.each([
    ['', 'must not be empty'],
    ['x'.repeat(257), 'exceeds maximum length of 256 characters'],
    ['é'.repeat(129), 'exceeds maximum length of 256 characters'],
    ['\u0000'.repeat(257), 'exceeds maximum length of 256 characters'],
    ['a b', "contains invalid characters; only alphanumeric, '-', '_', '.' are allowed"],
    ['a\n', "contains invalid characters; only alphanumeric, '-', '_', '.' are allowed"],
    ['１', "contains invalid characters; only alphanumeric, '-', '_', '.' are allowed"],
    ['é'.repeat(128), "contains invalid characters; only alphanumeric, '-', '_', '.' are allowed"],
    ["' OR 1=1", "contains invalid characters; only alphanumeric, '-', '_', '.' are allowed"],
  ])('%j: %s', (text, message) => {
    expect(fault({ [field]: text })).toBe(`${field} ${message}`)
  })

  test.each(['.', '..', '-', '_', '0', 'A-z_0.9', '__proto__', 'x'.repeat(256)])('%s passes', (text) => {
    expect(fault({ [field]: text })).toBeNull()
  })
})

describe('occurred_at', () => {
  test.each([
    ['', 'must not be empty'],
    ['t'.repeat(65), 'exceeds maximum length of 64 characters'],
    ['時'.repeat(22), 'exceeds maximum length of 64 characters'],
  ])('%j: %s', (text, message) => {
    expect(fault({ occurred_at: text })).toBe(`occurred_at ${message}`)
  })

  test.each([' ', '\u0000', 'yesterday', 't'.repeat(64), '時'.repeat(21), '\u{1F680}'.repeat(16)])(
    '%j passes',
    (text) => {
      expect(fault({ occurred_at: text })).toBeNull()
    },
  )

  test('is measured in UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 70 }), (text) => {
        expect(fault({ occurred_at: text }) === null).toBe(Buffer.from(text).length <= 64)
      }),
    )
  })
})

test('the first fault in the order event_id, occurred_at, tenant_id, correlation_id is named', () => {
  const faulty = { event_id: '', occurred_at: '', tenant_id: '', correlation_id: '' }
  const fields = ['event_id', 'occurred_at', 'tenant_id', 'correlation_id'] as const
  const corrected: Partial<typeof valid> = {}
  for (const field of fields) {
    expect(fault({ ...faulty, ...corrected })).toBe(`${field} must not be empty`)
    Object.assign(corrected, { [field]: valid[field] })
  }
  expect(fault({ ...faulty, ...corrected })).toBeNull()
})

test('length is checked before characters', () => {
  expect(fault({ event_id: '@'.repeat(257) })).toBe('event_id exceeds maximum length of 256 characters')
})

test('ids of payloads are not checked', () => {
  expect(
    fault({
      event: { type: 'BudgetExceeded', data: { chain_id: '', resource: { Other: '' }, limit: '', observed: ' ' } },
    }),
  ).toBeNull()
})

test('an identifier that came from outside is checked under the name it is given', () => {
  expect(() => validateIdentifier('key.tenant', 'a/b')).toThrow('key.tenant contains invalid characters')
})
