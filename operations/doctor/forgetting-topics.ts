import type { TenantLog } from '../../log/tenant-log.ts'
import { topicFaults, type TopicFault } from './topic-faults.ts'

const NAMED_TOPICS = 10

/** The topics of this installation that exist: of events, of dead letters, and of operations. */
export async function ownTopics({ log, topics }: Pick<TenantLog, 'log' | 'topics'>): Promise<string[]> {
  const prefixes = [topics.topicPrefix('events'), topics.topicPrefix('dead-letters'), topics.operationsTopic]
  const [events, deadLetters, named] = await Promise.all(prefixes.map((prefix) => log.topics(prefix)))
  return [...events!, ...deadLetters!, ...named!.filter((topic) => topic === topics.operationsTopic)]
}

/**
 * What is to be told of topics that forget what they hold, though they are the source of truth, or that do not let it be seen: a
 * line each, of a few topics at most. Errors: `Unavailable`, `StorageError`.
 */
export async function forgettingTopics(parts: Pick<TenantLog, 'log' | 'topics'>): Promise<string[]> {
  const faults = (await parts.log.describeTopics(await ownTopics(parts))).flatMap(topicFaults)
  const forgets = faults.filter(({ kind }) => kind === 'Retention' || kind === 'Compaction')
  const hidden = faults.filter(({ kind }) => kind === 'HiddenSettings')
  return [
    ...lines(forgets, NAMED_TOPICS, 'faults of this kind', '. What is gone, no rebuild brings back'),
    ...lines(hidden, 1, 'topics like it'),
  ]
}

function lines(faults: readonly TopicFault[], most: number, kind: string, consequence = ''): string[] {
  const left = faults.length - most
  return [
    ...faults.slice(0, most).map(({ message, next }) => `${message}${consequence}. To mend it: ${next}`),
    ...(left > 0 ? [`and ${left} more ${kind}`] : []),
  ]
}
