import { ExperienceError } from '../../base/experience-error.ts'
import { parseInstant } from '../../schemas/instant.ts'

const DURATION = /^(\d{1,6})([smhdw])$/
const MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
/** The last moment that a `Date` can hold, ms. */
const LAST_MS = 8_640_000_000_000_000n
const NS_PER_MS = 1_000_000n

/**
 * When a key is to end, as ISO 8601 in UTC: of a time, or of how long from `now` (ms since the epoch): `90s`, `15m`, `12h`, `30d`, `8w`.
 * Error: `InvalidQuery` (`expires`).
 */
export function expiryOf(text: string, now: number): string {
  const [, count, unit] = DURATION.exec(text) ?? []
  const at = count !== undefined && unit !== undefined ? now + Number(count) * MS[unit]! : instantMs(text)
  if (at <= now) throw fault('must be in the future')
  return new Date(at).toISOString()
}

function instantMs(text: string): number {
  const instant = parseInstant(text)
  const ms = instant === null ? null : instant / NS_PER_MS
  if (ms !== null && ms <= LAST_MS) return Number(ms)
  throw fault('must be an ISO 8601 time, or how long from now: 90s, 15m, 12h, 30d, 8w')
}

function fault(message: string): ExperienceError {
  return new ExperienceError('InvalidQuery', `expires: ${message}`, { field: 'expires' })
}
