import { expect, test } from 'vitest'
import {
  dateOfDay,
  dayNumber,
  measuresOf,
  placeTerm,
  type EventMeasures,
} from '../../../../operations/verify/event-measures.ts'
import { loggedEvent, outcome } from '../../projections/logged-events.ts'

const NS_PER_DAY = 86_400_000_000_000n

test.each([
  [0n, '1970-01-01'],
  [-1n, '1969-12-31'],
  [-NS_PER_DAY, '1969-12-31'],
  [-NS_PER_DAY - 1n, '1969-12-30'],
  [NS_PER_DAY - 1n, '1970-01-01'],
  [NS_PER_DAY, '1970-01-02'],
  [2n ** 63n - 1n, '2262-04-11'],
])('the day of %s ns is %s', (instant, date) => {
  expect(dateOfDay(dayNumber(instant))).toBe(date)
})

test('the place term tells events apart that changed places, or times', () => {
  const event = (low: bigint, instant: bigint): EventMeasures => {
    return { low, high: low + 7n, instant, eventId: '', kind: '', tokens: 0n, cost: 0n, latency: 0n, numbers: 0n }
  }
  const sum = (first: readonly [bigint, number, bigint], second: readonly [bigint, number, bigint]): bigint =>
    placeTerm(event(3n, first[0]), first[1], first[2]) + placeTerm(event(11n, second[0]), second[1], second[2])
  const sums = [
    sum([0n, 0, 0n], [0n, 0, 1n]),
    sum([0n, 0, 1n], [0n, 0, 0n]),
    sum([0n, 1, 0n], [0n, 0, 1n]),
    sum([0n, 0, 0n], [0n, 1, 1n]),
    sum([9n, 0, 0n], [0n, 0, 1n]),
    sum([0n, 0, 0n], [9n, 0, 1n]),
  ]
  expect(new Set(sums).size).toBe(sums.length)
})

test('numbers that moved, or became absent, are told apart', () => {
  const numbersOf = (tokens: bigint | null, cost_microdollars: bigint | null, latency_ms: bigint | null): bigint =>
    measuresOf(loggedEvent(outcome('evt-1', { tokens, cost_microdollars, latency_ms }))).numbers
  const numbers = [
    numbersOf(null, null, null),
    numbersOf(0n, null, null),
    numbersOf(null, 0n, null),
    numbersOf(null, null, 0n),
    numbersOf(1n, 0n, 0n),
    numbersOf(0n, 1n, 0n),
    numbersOf(2n ** 64n - 1n, 1n, 0n),
  ]
  expect(new Set(numbers).size).toBe(numbers.length)
})
