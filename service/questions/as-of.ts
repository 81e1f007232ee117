import { offset, parsePosition, partitionText, type Position } from '../../base/position.ts'
import { placeOfCursor } from '../../queries/event-cursor.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import { parseInstant, type Instant } from '../../schemas/instant.ts'

/** The moment that a question is asked about: a time, or that at which the log had taken certain records. */
export type AsOf =
  | { readonly kind: 'instant'; readonly instant: Instant }
  | { readonly kind: 'positions'; readonly positions: readonly Position[] }

/**
 * Reads a moment: ISO 8601, or epoch seconds followed by `Z`; or positions, separated by commas, each a `topic/partition/offset`
 * or a cursor, which stands for the position of its event. Error: `InvalidQuery` (`as_of`).
 */
export function parseAsOf(text: string): AsOf {
  const instant = parseInstant(text)
  if (instant !== null) return { kind: 'instant', instant }
  const positions = text.split(',').map((each) => parsePosition(each) ?? positionOfCursor(each))
  const partitions = new Set(positions.map(partitionText))
  if (partitions.size < positions.length) throw asOfFault('names two positions of one partition')
  return { kind: 'positions', positions }
}

/** The log tells its times in whole milliseconds: the last one that has begun by then. */
export function millisOf(instant: Instant): bigint {
  const ms = instant / 1_000_000n
  return instant % 1_000_000n < 0n ? ms - 1n : ms
}

/** An `InvalidQuery` that names the option. */
export function asOfFault(message: string): ExperienceError {
  return new ExperienceError('InvalidQuery', `as_of: ${message}`, { field: 'as_of' })
}

const MALFORMED =
  'must be an ISO 8601 time, epoch seconds followed by Z, or positions such as experience.events.acme/0/17, separated by commas'

function positionOfCursor(text: string): Position {
  try {
    const { topic, partition, offset: at } = placeOfCursor(text)
    return { topic, partition, offset: offset(at) }
  } catch {
    throw asOfFault(MALFORMED)
  }
}
