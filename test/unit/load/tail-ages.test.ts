import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TailAges } from '../../load/tail-ages.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('all tails are live from the second on in which the last of them came up', () => {
  const ages = new TailAges()
  expect(ages.liveAfterS(0, 1000)).toBeNull()
  for (let second = 0; second < 6; second++) {
    ages.told('quick', 10)
    ages.told('slow', second < 4 ? 5000 - second : 20)
    vi.advanceTimersByTime(1000)
  }
  expect(ages.liveAfterS(6, 1000)).toBe(4)
  // In the seventh second none told anything.
  expect(ages.liveAfterS(7, 1000)).toBeNull()
  expect(ages.toJson()).toEqual({ p50: 10, p99: 5000, most: 5000 })
})
