import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { dealSlots } from '../../../log/kafka/consume/deal-slots.ts'
import { Imbalance } from '../../../log/kafka/consume/imbalance.ts'

const SLOTS = 100
const even = dealSlots(['one', 'two'], null, Array<number>(SLOTS).fill(0))

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** How much lies in slots of the first of two members, and of the second, who share the slots evenly. */
function weighed(ofFirst: readonly number[], ofSecond: readonly number[]) {
  const weights = Array<number>(SLOTS).fill(0)
  for (const [index, weight] of ofFirst.entries()) weights[slotsOf(0)[index]!] = weight
  for (const [index, weight] of ofSecond.entries()) weights[slotsOf(1)[index]!] = weight
  return { deal: even, weights }
}

function slotsOf(member: number): number[] {
  return [...even.owners.keys()].filter((slot) => even.owners[slot] === member)
}

function dueAfter(ofFirst: readonly number[], ofSecond: readonly number[]): number | null {
  const { deal, weights } = weighed(ofFirst, ofSecond)
  const imbalance = new Imbalance(deal)
  imbalance.weigh(weights)
  for (let seconds = 0; seconds < 100; seconds++) {
    if (imbalance.isDue) return seconds
    vi.advanceTimersByTime(1001)
  }
  return null
}

test('a deal is made anew within seconds where a member has far more than its share', () => {
  expect(dueAfter(Array<number>(30).fill(1), [])).toBe(5)
  expect(dueAfter(Array<number>(5).fill(1), [])).toBe(5)
  expect(dueAfter(Array<number>(30).fill(1), Array<number>(10).fill(1))).toBe(5)
})

test('a deal is made anew after a minute where a member has somewhat more than its share', () => {
  expect(dueAfter([1, 1], [])).toBe(60)
  expect(dueAfter(Array<number>(30).fill(1), Array<number>(15).fill(1))).toBe(60)
})

test('a deal stays where that would mend nothing, or little', () => {
  expect(dueAfter([], [])).toBe(null)
  expect(dueAfter([1, 1, 1], [1, 1])).toBe(null)
  expect(dueAfter([50], [1])).toBe(null)
  expect(dueAfter(Array<number>(25).fill(1), Array<number>(20).fill(1))).toBe(null)
})

test('a deal stays where what made it uneven is gone', () => {
  const { deal, weights } = weighed([1, 1], [])
  const imbalance = new Imbalance(deal)
  imbalance.weigh(weights)
  vi.advanceTimersByTime(59_000)
  imbalance.weigh(Array<number>(SLOTS).fill(0))
  vi.advanceTimersByTime(59_000)
  expect(imbalance.isDue).toBe(false)
  imbalance.weigh(weights)
  vi.advanceTimersByTime(59_000)
  expect(imbalance.isDue).toBe(false)
  vi.advanceTimersByTime(2000)
  expect(imbalance.isDue).toBe(true)
})
