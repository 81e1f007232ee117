import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareUtf8 } from '../../../schemas/json/compare-utf8.ts'

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

test('strings are ordered as their UTF-8 bytes are', () => {
  const text = fc.string({ unit: 'binary', maxLength: 6 })
  fc.assert(
    fc.property(text, text, text, (start, a, b) => {
      expect(Math.sign(compareUtf8(start + a, start + b))).toBe(byBytes(start + a, start + b))
    }),
    { numRuns: 5000 },
  )
})

test('characters beyond U+FFFF come after U+E000 to U+FFFF', () => {
  const keys = ['\u{10ffff}', '\uffff', '\u{10000}', '\ue000', 'é', 'z', '', '\ud7ff', 'zz']
  expect(keys.toSorted(compareUtf8)).toEqual(keys.toSorted(byBytes))
  expect(keys.toSorted(compareUtf8)).not.toEqual(keys.toSorted())
})
