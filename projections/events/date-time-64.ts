/** Where ClickHouse's DateTime64(9) begins and ends: 1900-01-01, and the last nanosecond of 64 bits in 2262. */
export const FIRST_INSTANT = -2_208_988_800_000_000_000n
export const LAST_INSTANT = 2n ** 63n - 1n

/** An instant (ns since the epoch), brought to the nearer end of the range that the table of events can hold. */
export function withinDateTime64(instant: bigint): bigint {
  if (instant < FIRST_INSTANT) return FIRST_INSTANT
  return instant > LAST_INSTANT ? LAST_INSTANT : instant
}
