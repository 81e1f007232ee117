import { describe, expect, test } from 'vitest'
import { expiryOf } from '../../../../operations/keys/expiry.ts'

const NOW = Date.parse('2026-04-23T09:00:00Z')

describe('when a key is to end', () => {
  test.each([
    ['90s', '2026-04-23T09:01:30.000Z'],
    ['15m', '2026-04-23T09:15:00.000Z'],
    ['12h', '2026-04-23T21:00:00.000Z'],
    ['30d', '2026-05-23T09:00:00.000Z'],
    ['2w', '2026-05-07T09:00:00.000Z'],
    ['2026-04-23T11:00:00+01:00', '2026-04-23T10:00:00.000Z'],
  ])('%s', (text, expected) => expect(expiryOf(text, NOW)).toBe(expected))

  test.each(['', '0s', '30', 'd', '-1d', '1.5h', 'soon', '2026-04-23T09:00:00Z', '2020-01-01', '9999999d'])(
    '%j is refused, by its field',
    (text) => expect(() => expiryOf(text, NOW)).toThrow(/^expires: must be/),
  )
})
