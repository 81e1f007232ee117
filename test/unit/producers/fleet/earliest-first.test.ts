import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { EarliestFirst } from '../../../../producers/fleet/earliest-first.ts'

test('always has the earliest member first, also after times have grown', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { minLength: 1 }), fc.array(fc.nat(20)), (starts, growths) => {
      const members = starts.map((at) => ({ at }))
      const heap = new EarliestFirst<{ at: number }>()
      for (const member of members) heap.push(member)
      for (const growth of growths) {
        const first = heap.peek()!
        expect(first.at).toBe(Math.min(...members.map(({ at }) => at)))
        first.at += growth
        heap.settleFirst()
      }
    }),
  )
})
