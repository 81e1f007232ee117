import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { offset, type Position } from '../../../base/position.ts'
import { MovedPositions } from '../../../operations/archive/moved-positions.ts'

function at(topic: string, partition: number, value: number): Position {
  return { topic, partition, offset: offset(value) }
}

test('finds where each record went, and none that was not moved', () => {
  const step = fc.record({
    gap: fc.integer({ min: 1, max: 3 }),
    partition: fc.nat(2),
    jump: fc.integer({ min: 1, max: 3 }),
  })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const moved = new MovedPositions()
      const ends = [0, 0, 0]
      const pairs: [Position, Position][] = []
      let from = 0
      for (const { gap, partition, jump } of steps) {
        from += gap
        ends[partition]! += jump
        pairs.push([at('a', 1, from), at('b', partition, ends[partition]!)])
      }
      for (const [source, target] of pairs) moved.add(source, target)
      for (const [source, target] of pairs) expect(moved.find(source)).toEqual(target)
      const known = new Set(pairs.map(([source]) => Number(source.offset)))
      for (let other = 0; other <= from + 2; other++) {
        if (!known.has(other)) expect(moved.find(at('a', 1, other))).toBeNull()
      }
      expect(moved.find(at('a', 0, from))).toBeNull()
    }),
  )
})
