import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { DigestSet } from '../../../../operations/verify/digest-set.ts'

const half = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })

test('answers as a set does, also for digests that fall into the same place', () => {
  const digest = fc.oneof(
    fc.tuple(half, half),
    fc.tuple(fc.constantFrom(0n, 1n, 2n ** 32n), fc.bigInt({ min: 0n, max: 3n })),
  )
  const property = fc.property(fc.array(digest, { maxLength: 200 }), (digests) => {
    const set = new DigestSet()
    const model = new Set<string>()
    for (const [low, high] of digests) {
      // No digest is all zeros: it stands for an empty place.
      if (low === 0n && high === 0n) continue
      expect(set.has(low, high)).toBe(model.has(`${low}:${high}`))
      expect(set.add(low, high)).toBe(!model.has(`${low}:${high}`))
      expect(set.has(low, high)).toBe(true)
      model.add(`${low}:${high}`)
    }
  })
  fc.assert(property)
})

test('remembers all while it grows', () => {
  const set = new DigestSet()
  const digests = Array.from({ length: 20_000 }, (_, index) =>
    BigInt.asUintN(64, BigInt(index + 1) * 0x9e37_79b9_7f4a_7c15n),
  )
  for (const digest of digests) expect(set.add(digest, 1n)).toBe(true)
  for (const digest of digests) expect(set.add(digest, 1n)).toBe(false)
})
