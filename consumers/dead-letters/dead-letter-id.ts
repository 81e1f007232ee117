import { parsePosition, type Position, positionText } from '../../base/position.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import { ExperienceError } from '../../base/experience-error.ts'

/** What names a dead letter: the position of the bad record. */
export function deadLetterId(position: Position): string {
  return positionText(position)
}

/** The position that an id names. Error: `InvalidQuery` where it is none, or of a topic that holds no tenant's events. */
export function parseDeadLetterId(id: string, topics: TenantTopics): Position {
  const position = parsePosition(id)
  const prefix = topics.topicPrefix('events')
  if (position === null || !position.topic.startsWith(prefix)) {
    const shown = JSON.stringify(id.slice(0, 300))
    const message = `id: must be the position of a bad record, such as ${prefix}acme/0/17, but is ${shown}`
    throw new ExperienceError('InvalidQuery', message, { field: 'id' })
  }
  return position
}
