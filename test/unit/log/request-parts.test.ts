import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { inParts } from '../../../log/kafka/client/request-parts.ts'

test('what one request cannot name goes into several, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 300_000 })), (sizes) => {
      const parts = [...inParts(sizes, (size) => size)]
      expect(parts.flat()).toEqual(sizes)
      for (const part of parts) {
        expect(part.length).toBeGreaterThan(0)
        expect(part.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_000_000)
      }
    }),
  )
})
