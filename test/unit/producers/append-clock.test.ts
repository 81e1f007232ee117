import { expect, test } from 'vitest'
import { AppendClock } from '../../../producers/append-clock.ts'

/** A clock, and what sets its time in ms. */
function clockAt(start: number) {
  let now = start
  const clock = new AppendClock(() => now)
  return { clock, set: (ms: number) => void (now = ms) }
}

test('counts how often a millisecond’s appends go to another topic', () => {
  const { clock, set } = clockAt(5000)
  expect(['a', 'a', 'b', 'a', 'a'].map((topic) => clock.stamp(topic).sequence)).toEqual([0, 0, 1, 2, 2])
  set(5001)
  expect(clock.stamp('b')).toEqual({ timestamp: 5001, sequence: 0 })
  expect(clock.stamp('a')).toEqual({ timestamp: 5001, sequence: 1 })
})

test('stands still where the machine’s clock is set back by little', () => {
  const { clock, set } = clockAt(5000)
  clock.stamp('a')
  set(4000)
  expect(clock.stamp('a')).toEqual({ timestamp: 5000, sequence: 0 })
  expect(clock.stamp('b')).toEqual({ timestamp: 5000, sequence: 1 })
  set(4999)
  expect(clock.stamp('a')).toEqual({ timestamp: 5000, sequence: 2 })
  set(5001)
  expect(clock.stamp('a')).toEqual({ timestamp: 5001, sequence: 0 })
})

test('believes a clock that is set back by much', () => {
  const { clock, set } = clockAt(5000)
  clock.stamp('a')
  set(3999)
  expect(clock.stamp('b')).toEqual({ timestamp: 3999, sequence: 0 })
})

test('tells stamps that are more than a second old', () => {
  const { clock, set } = clockAt(5000)
  const { timestamp } = clock.stamp('a')
  set(6000)
  expect(clock.isLate(timestamp)).toBe(false)
  set(6001)
  expect(clock.isLate(timestamp)).toBe(true)
})
