import { z } from 'zod'
import { ExperienceError } from '../../base/experience-error.ts'
import { parseInstant, type Instant } from '../instant.ts'
import { optional, string } from './scalars.ts'
import type * as queries from '../types/query-types.ts'

const NO_TIME = 'must be an ISO 8601 time, or epoch seconds followed by Z'

/** An end of a range, as text: an ISO 8601 time, or epoch seconds followed by `Z`. */
export const TimeBound = string
  .refine((text) => parseInstant(text) !== null, { error: NO_TIME })
  .meta({ format: 'date-time' })

/** docs/contract.md §10: both ends inclusive, each may be absent. */
export const TimeRange = z
  .object({ start: optional(TimeBound).describe('First instant'), end: optional(TimeBound).describe('Last instant') })
  .meta({ id: 'TimeRange', description: 'A range of time, both ends included' })
export type TimeRange = queries.TimeRange

/** The ends of a range; null for none. */
export interface Instants {
  readonly start: Instant | null
  readonly end: Instant | null
}

/** The instants of a range: compared as points in time, where the reference compares text. Error: `InvalidQuery`. */
export function instantsOf(range: TimeRange): Instants {
  return { start: boundOf('time_range.start', range.start), end: boundOf('time_range.end', range.end) }
}

/** Whether an instant is within a range, both ends included. */
export function isWithin({ start, end }: Instants, instant: Instant): boolean {
  return (start === null || instant >= start) && (end === null || instant <= end)
}

function boundOf(field: string, text: string | null): Instant | null {
  if (text === null) return null
  const instant = parseInstant(text)
  if (instant === null) throw new ExperienceError('InvalidQuery', `${field}: ${NO_TIME}`, { field })
  return instant
}
