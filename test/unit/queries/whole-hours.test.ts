import { expect, test } from 'vitest'
import { Conditions } from '../../../queries/clauses/conditions.ts'
import { wholeHours, withinHours } from '../../../queries/clauses/whole-hours.ts'

const NINE = 1_776_934_800_000_000_000n // 2026-04-23T09:00:00Z
const HOUR = 3_600_000_000_000n

test.each([
  [
    { start: '2026-04-23T09:00:00Z', end: null },
    { first: NINE, next: null, alone: null },
  ],
  [
    { start: null, end: null },
    { first: null, next: null, alone: null },
  ],
  [
    { start: '2026-04-23T11:00:00+02:00', end: '2026-04-23T09:59:59.999999999Z' },
    { first: NINE, next: NINE + HOUR, alone: null },
  ],
  [
    { start: null, end: '2026-04-23T10:00Z' },
    { first: null, next: NINE + HOUR, alone: NINE + HOUR },
  ],
])('reads %j as hours', (range, hours) => {
  expect(wholeHours(range)).toEqual(hours)
})

test.each([
  { start: '2026-04-23T09:00:00.000000001Z', end: null },
  { start: null, end: '2026-04-23T09:59:59Z' },
  { start: '2026-04-23T09:00:00Z', end: '2026-04-23T09:30:00Z' },
  // Where ClickHouse's hours are none.
  { start: '1970-01-01T00:00:00Z', end: null },
  { start: null, end: '1969-12-31T23:00:00Z' },
  { start: '2300-01-01T00:00:00Z', end: null },
])('finds %j to be no hours', (range) => {
  expect(wholeHours(range)).toBeNull()
})

test('limits to hours by the key of the roll-up', () => {
  const conditions = withinHours(new Conditions(), { first: NINE, next: NINE + HOUR, alone: null })
  expect(conditions.where).toBe(
    "WHERE dateTrunc('hour', instant) >= fromUnixTimestamp64Nano({first_hour:Int64}, 'UTC') " +
      "AND dateTrunc('hour', instant) < fromUnixTimestamp64Nano({next_hour:Int64}, 'UTC')",
  )
  expect(conditions.params).toEqual({ first_hour: NINE.toString(), next_hour: (NINE + HOUR).toString() })
})
