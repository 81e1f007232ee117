import { z } from 'zod'
import type { Instant } from './instant.ts'

const NO_ZONE = 'must be a time zone by its IANA name, such as Europe/Vienna, or UTC'

/** A time zone by its IANA name; the letters' case does not matter. */
export const TimeZone = z.string().transform((name, context) => {
  const known = knownAs(name)
  if (known !== null) return known
  context.addIssue({ code: 'custom', message: NO_ZONE })
  return z.NEVER
})

/** The name by which tables of time zones list it; null for none. Offsets such as `+02:00` are no names. */
function knownAs(name: string): string | null {
  if (!/^[A-Za-z][\w+/-]*$/.test(name)) return null
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return null
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const numeric = 'numeric'
  const format = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  })
  formats.set(zone, format)
  return format
}

/** By how much a zone's clocks are ahead of UTC at a moment (ms since the epoch), s. */
export function offsetSeconds(zone: string, ms: number): number {
  const part = Object.fromEntries(
    formatOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const clock = Date.UTC(part['year']!, part['month']! - 1, part['day'], part['hour'], part['minute'], part['second'])
  return (clock - Math.floor(ms / 1000) * 1000) / 1000
}

const HOUR_S = 3600
const WEEK_MS = 604_800_000

/**
 * Whether a zone's hours are those of UTC from one instant to another: its offsets are whole hours, and change with the full hour. Changes
 * are looked for week by week.
 */
export function hasWholeHours(zone: string, from: Instant, to: Instant): boolean {
  const end = Number(to / 1_000_000n)
  let ms = Number(from / 1_000_000n)
  let offset = offsetSeconds(zone, ms)
  for (;;) {
    if (offset % HOUR_S !== 0) return false
    if (ms >= end) return true
    const next = Math.min(ms + WEEK_MS, end)
    const nextOffset = offsetSeconds(zone, next)
    if (nextOffset !== offset && changeBetween(zone, ms, next) % (HOUR_S * 1000) !== 0) return false
    ms = next
    offset = nextOffset
  }
}

/** The first millisecond, of two moments with different offsets, that has the latter's. */
function changeBetween(zone: string, from: number, to: number): number {
  const before = offsetSeconds(zone, from)
  let last = from
  let first = to
  while (first - last > 1) {
    const middle = Math.floor((first + last) / 2)
    if (offsetSeconds(zone, middle) === before) last = middle
    else first = middle
  }
  return first
}
