import { ExperienceError } from '../base/experience-error.ts'
import type { Observer } from '../base/observer.ts'
import type { Position } from '../base/position.ts'
import type { AppendRequest, EventLog } from '../log/event-log.ts'

export interface AppendOptions {
  readonly atomic: boolean
  readonly observer: Observer
}

/**
 * Appends records, and answers with a position for each: never at once, even where the log throws. Errors: the log's, and
 * `StorageError` if it does not tell of every record.
 */
export async function appendAll(
  log: EventLog,
  requests: readonly AppendRequest[],
  { atomic, observer }: AppendOptions,
): Promise<Position[]> {
  const begunAt = performance.now()
  let positions: Position[]
  try {
    positions = await log.append(requests, { atomic })
  } catch (error) {
    observer.notAppended?.(requests.length, error instanceof ExperienceError ? error.code : 'StorageError')
    throw error
  }
  if (positions.length === requests.length) {
    if (observer.appended !== undefined) {
      const bytes = requests.reduce((sum, { record }) => sum + (record.value?.byteLength ?? 0), 0)
      observer.appended({ events: requests.length, bytes, seconds: (performance.now() - begunAt) / 1000 })
    }
    return positions
  }
  observer.notAppended?.(requests.length, 'StorageError')
  const message = `the log answered for ${positions.length} of ${requests.length} records`
  throw new ExperienceError('StorageError', message)
}
