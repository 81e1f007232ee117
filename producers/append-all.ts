import { ExperienceError } from '../base/experience-error.ts'
import type { Position } from '../base/position.ts'
import type { AppendRequest, EventLog } from '../log/event-log.ts'

/**
 * Appends records, and answers with a position for each: never at once, even where the log throws. Errors: the log's, and
 * `StorageError` if it does not tell of every record.
 */
export async function appendAll(
  log: EventLog,
  requests: readonly AppendRequest[],
  options: { readonly atomic: boolean },
): Promise<Position[]> {
  const positions = await log.append(requests, options)
  if (positions.length === requests.length) return positions
  const message = `the log answered for ${positions.length} of ${requests.length} records`
  throw new ExperienceError('StorageError', message)
}
