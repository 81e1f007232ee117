/** How a producer writes the time: each of the fleet's agents keeps to one spelling, as real clients do. */
export type TimeSpelling = 'milliseconds' | 'seconds' | 'nanoseconds' | 'offset' | 'negative-offset' | 'epoch'

export const timeSpellings: readonly { readonly spelling: TimeSpelling; readonly weight: number }[] = [
  { spelling: 'milliseconds', weight: 8 },
  { spelling: 'seconds', weight: 3 },
  { spelling: 'nanoseconds', weight: 3 },
  { spelling: 'offset', weight: 2 },
  { spelling: 'negative-offset', weight: 1 },
  { spelling: 'epoch', weight: 2 },
]

const MINUTE_MS = 60_000

function local(epochMs: number, offsetMinutes: number, suffix: string): string {
  return new Date(epochMs + offsetMinutes * MINUTE_MS).toISOString().slice(0, -1) + suffix
}

/** The six digits after the milliseconds. */
function nanoseconds(epochMs: number): string {
  return String(Math.floor((epochMs % 1) * 1e6)).padStart(6, '0')
}

const spellers: Readonly<Record<TimeSpelling, (epochMs: number) => string>> = {
  milliseconds: (epochMs) => new Date(epochMs).toISOString(),
  seconds: (epochMs) => `${new Date(epochMs).toISOString().slice(0, 19)}Z`,
  nanoseconds: (epochMs) => `${new Date(epochMs).toISOString().slice(0, -1)}${nanoseconds(epochMs)}Z`,
  offset: (epochMs) => local(epochMs, 120, '+02:00'),
  'negative-offset': (epochMs) => local(epochMs, -210, '-03:30'),
  // As the Converge engine writes times.
  epoch: (epochMs) => `${Math.floor(epochMs / 1000)}Z`,
}

/** Writes a time, given in ms since the epoch (fractions of a ms count for `nanoseconds`). */
export function spellTime(epochMs: number, spelling: TimeSpelling): string {
  return spellers[spelling](epochMs)
}
