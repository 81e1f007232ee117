import { partitionText } from '../../base/position.ts'
import type { EventLog } from '../../log/event-log.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'

/** How far a generation is projected. Counts are offsets: about as many as records. */
export interface ProgressNow {
  readonly done: number
  readonly total: number
  /** Of each topic that is not at its end. */
  readonly behind: readonly TopicProgress[]
}

export interface TopicProgress {
  readonly topic: string
  /** The topic's tenant, `''` for none; the topic's name where it does not tell. */
  readonly tenant: string
  readonly done: number
  readonly total: number
}

/** Compares what a group has committed with the log as it stands now. Errors: `Unavailable`, `StorageError`. */
export async function progressOf(log: EventLog, topics: TenantTopics, group: string): Promise<ProgressNow> {
  const names = await log.topics(topics.topicPrefix('events'))
  const committed = new Map<string, bigint>()
  for (const { topic, partition, offset } of await log.committed(group, names))
    committed.set(partitionText({ topic, partition }), offset)
  const byTopic = new Map<string, { done: number; total: number }>()
  for (const { topic, partition, earliest, next } of await log.offsets(names)) {
    const sums = byTopic.get(topic) ?? { done: 0, total: 0 }
    const reached = committed.get(partitionText({ topic, partition })) ?? earliest
    sums.total += Number(next - earliest)
    sums.done += Math.max(0, Number((reached < next ? reached : next) - earliest))
    byTopic.set(topic, sums)
  }
  const all = Array.from(byTopic, ([topic, sums]) => ({
    topic,
    tenant: topics.tenant(topic) ?? topicName(topic),
    ...sums,
  }))
  return {
    done: all.reduce((sum, { done }) => sum + done, 0),
    total: all.reduce((sum, { total }) => sum + total, 0),
    behind: all.filter(({ done, total }) => done < total),
  }

  function topicName(topic: string): string {
    return topics.tenant(topic) === null ? '' : topic
  }
}
