import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventKeys } from '../../../projections/events/event-keys.ts'

test('takes each digest once, also where their beginnings are alike', () => {
  const digest = fc
    .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('a', 'b', 'ÿ'))
    .map(([x, y]) => x + '\0'.repeat(14) + y)
  fc.assert(
    fc.property(fc.array(digest, { maxLength: 40 }), (digests) => {
      const keys = new EventKeys(digests.length)
      keys.begin({ topic: 't', partition: 0 })
      const taken = digests.filter((each, index) => keys.add(each, BigInt(index), BigInt(index)))
      expect(taken).toEqual([...new Set(digests)])
      expect(keys.rows).toBe(taken.length)
      expect(keys.latest).toMatchObject({ from: 0, to: taken.length, hasCopies: taken.length < digests.length })
      expect(taken).toEqual(taken.map((_, row) => Buffer.from(keys.digest(row)).toString('latin1')))
      expect(taken.map((_, row) => keys.instants[row])).toEqual(taken.map((each) => BigInt(digests.indexOf(each))))
    }),
  )
})
