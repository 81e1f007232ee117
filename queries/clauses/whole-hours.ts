import { withinDateTime64 } from '../../projections/events/date-time-64.ts'
import { rollUpKeys } from '../../projections/events/roll-up.ts'
import { instantsOf, type TimeRange } from '../../schemas/contract/time-range.ts'
import type { Conditions } from './conditions.ts'

const HOUR_NS = 3_600_000_000_000n

/** A range of time as hours of the roll-up. Instants are nanoseconds since the epoch. */
export interface WholeHours {
  /** Start of the first hour; null for no limit. */
  readonly first: bigint | null
  /** Start of the hour after the last; null for no limit. */
  readonly next: bigint | null
  /** An instant that belongs to the range as well: both ends do, and most ranges end with the start of an hour. */
  readonly alone: bigint | null
}

/** The hours of a range; null where it does not begin and end on full hours. Error: `InvalidQuery` for a bound that is no time. */
export function wholeHours(range: TimeRange): WholeHours | null {
  const { start: first, end } = instantsOf(range)
  if (first !== null && !isFullHour(first)) return null
  if (end === null) return { first, next: null, alone: null }
  if (isFullHour(end + 1n)) return { first, next: end + 1n, alone: null }
  return isFullHour(end) ? { first, next: end, alone: end } : null
}

/**
 * Not up to 1970: until then ClickHouse counts what happens in the last second of an hour, but not at its beginning, to the next
 * hour. And not beyond 2262, which is stored amid an hour.
 */
function isFullHour(instant: bigint): boolean {
  return instant % HOUR_NS === 0n && instant > 0n && withinDateTime64(instant) === instant
}

/** Limits to the hours, in such a way that ClickHouse can answer from the roll-up. */
export function withinHours(conditions: Conditions, { first, next }: WholeHours): Conditions {
  if (first !== null) addHour(conditions, '>=', 'first_hour', first)
  if (next !== null) addHour(conditions, '<', 'next_hour', next)
  return conditions
}

function addHour(conditions: Conditions, comparison: '>=' | '<', name: string, instant: bigint): void {
  conditions.add(`${rollUpKeys.hour} ${comparison} fromUnixTimestamp64Nano({${name}:Int64}, 'UTC')`, {
    [name]: instant.toString(),
  })
}
