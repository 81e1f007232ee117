import { offset, type Position } from '../../log/event-log.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import { ExperienceError } from '../../schemas/experience-error.ts'

/** What names a dead letter: the position of the bad record. */
export function deadLetterId({ topic, partition, offset: at }: Position): string {
  return `${topic}/${partition}/${at}`
}

/** The position that an id names. Error: `InvalidQuery` where it is none, or of a topic that holds no tenant's events. */
export function parseDeadLetterId(id: string, topics: TenantTopics): Position {
  const [, topic, partition, at] = /^([^/]+)\/(\d{1,9})\/(\d{1,18})$/.exec(id) ?? []
  const prefix = topics.topicPrefix('events')
  if (topic === undefined || partition === undefined || at === undefined || !topic.startsWith(prefix)) {
    const shown = JSON.stringify(id.slice(0, 300))
    const message = `id: must be the position of a bad record, such as ${prefix}acme/0/17, but is ${shown}`
    throw new ExperienceError('InvalidQuery', message, { field: 'id' })
  }
  return { topic, partition: Number(partition), offset: offset(at) }
}
