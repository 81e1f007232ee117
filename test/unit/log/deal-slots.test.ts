import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dealSlots, loadsOf, type Deal } from '../../../log/kafka/consume/deal-slots.ts'
import { SLOTS, slotOf, slotWeights } from '../../../log/kafka/consume/slots.ts'

const members = fc.uniqueArray(fc.constantFrom<string[]>('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'), {
  minLength: 1,
  maxLength: 10,
})
const weights = fc.array(fc.oneof(fc.constant(0), fc.constant(1), fc.nat({ max: 20 })), { minLength: 1, maxLength: 60 })

/** What each slot's owner is called. */
function ownersOf({ members: names, owners }: Deal): string[] {
  return owners.map((owner) => names[owner]!)
}

function spread(loads: readonly number[]): number {
  return Math.max(...loads) - Math.min(...loads)
}

describe('dealing slots', () => {
  test('gives each slot one owner, and all about as much of what there is and of what is to come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(members, fc.func(fc.nat({ max: 20 }))), { minLength: 1 }),
        weights,
        (steps, first) => {
          let deal: Deal | null = null
          for (const [names, weight] of steps) {
            const now = first.map((each, slot) => (each === 0 ? 0 : weight(slot)))
            deal = dealSlots(names, deal, now)
            expect(deal.owners).toHaveLength(now.length)
            for (const owner of ownersOf(deal)) expect(names).toContain(owner)
            expect(spread(loadsOf(deal, now))).toBeLessThanOrEqual(Math.max(...now))
            const empty = now.map((each) => (each === 0 ? 1 : 0))
            expect(spread(loadsOf(deal, empty))).toBeLessThanOrEqual(1)
          }
        },
      ),
    )
  })

  test('moves no more than it has to, where all slots weigh the same', () => {
    fc.assert(
      fc.property(
        members,
        members,
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom(0, 1),
        (before, after, slots, weight) => {
          const even = Array<number>(slots).fill(weight)
          const first = dealSlots(before, null, even)
          const had = ownersOf(first)
          const has = ownersOf(dealSlots(after, first, even))
          const moved = had.filter((owner, slot) => owner !== has[slot]).length
          const kept = after.map((name) => had.filter((owner) => owner === name).length)
          const least = Math.floor(slots / after.length)
          const most = Math.ceil(slots / after.length)
          const ownerless = had.filter((owner) => !after.includes(owner)).length
          const tooMany = kept.reduce((sum, count) => sum + Math.max(0, count - most), 0)
          const tooFew = kept.reduce((sum, count) => sum + Math.max(0, least - count), 0)
          expect(moved).toBe(Math.max(ownerless + tooMany, tooFew))
        },
      ),
    )
  })

  test('leaves everything where it is when it is dealt again', () => {
    fc.assert(
      fc.property(members, weights, (names, now) => {
        const deal = dealSlots(names, null, now)
        expect(ownersOf(dealSlots(names.toReversed(), deal, now))).toEqual(ownersOf(deal))
      }),
    )
  })
})

describe('slots', () => {
  const topics = (count: number, partitions: number) =>
    new Map(
      Array.from({ length: count }, (_, index) => [
        `experience.events.tenant-${index}`,
        Array.from({ length: partitions }, (__, partition) => ({ partition, leader: 0 })),
      ]),
    )

  test('hold a topic’s partitions side by side, each in one of its own', () => {
    fc.assert(
      fc.property(fc.string(), (topic) => {
        const slots = Array.from({ length: 100 }, (_, partition) => slotOf({ topic, partition }))
        expect(new Set(slots).size).toBe(slots.length)
        for (const slot of slots) expect(slot).toBeLessThan(SLOTS)
      }),
    )
    expect(slotOf({ topic: 'experience.events.acme', partition: 0 })).toBe(
      slotOf({ topic: 'experience.events.acme', partition: SLOTS }),
    )
  })

  test('are weighed by the topics of the prefix alone', () => {
    const weighed = slotWeights({ topics: topics(50, 3) }, 'experience.events.')
    expect(weighed.reduce((sum, weight) => sum + weight, 0)).toBe(150)
    expect(
      slotWeights({ topics: topics(50, 3) }, 'experience.events.tenant-7').filter((weight) => weight > 0),
    ).toHaveLength(3)
  })

  test('are enough for members to have equal shares of few topics, and nearly so of many', () => {
    for (const [count, partitions, among, apart] of [
      [6, 1, 3, 1],
      [6, 4, 8, 1],
      [100, 1, 8, 1],
      [2000, 1, 8, 1],
      [10_000, 1, 16, 10],
    ] as const) {
      const weighed = slotWeights({ topics: topics(count, partitions) }, 'experience.events.')
      const names = Array.from({ length: among }, (_, index) => String(index))
      expect(spread(loadsOf(dealSlots(names, null, weighed), weighed))).toBeLessThanOrEqual(apart)
    }
  })
})
