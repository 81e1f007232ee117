import { ExperienceError } from '../../base/experience-error.ts'
import { positionText } from '../../base/position.ts'
import type { TenantLog } from '../../log/tenant-log.ts'
import { OperationsLog } from '../log/operations-log.ts'
import { latestReadModel } from '../rebuild/generations-state.ts'
import { type HeldTopic } from './held-topic.ts'
import { HeldTopics } from './held-topics.ts'

type Log = Pick<TenantLog, 'log' | 'topics'>

/**
 * The topics that are held in the read model of a database, by the log alone: it may be embedded in another process. Errors:
 * `Unavailable`, `StorageError`.
 */
export async function topicsHeld({ log, topics }: Log, database: string): Promise<HeldTopic[]> {
  const operations = await new OperationsLog(log, topics).read()
  return new HeldTopics(operations, latestReadModel(operations, database)).all()
}

export interface ReleasedTopic {
  readonly topic: string
  /** What passes, whatever it is: the records from where the topic was held to its end now. Of its other partitions none is counted. */
  readonly records: bigint
}

/**
 * Lets projectors go on with topics, or with all that are held. What these hold by now passes, and the counting begins anew behind
 * it: where that is garbage again, they are held again. `by` as in `OperationsLog`. Errors: `NotFound` (a topic is not held; none is released then),
 * `Unavailable`, `StorageError`.
 */
export async function releaseTopics(
  { log, topics }: Log,
  database: string,
  wanted: readonly string[] | 'all',
  by?: string,
): Promise<ReleasedTopic[]> {
  const held = await topicsHeld({ log, topics }, database)
  const chosen = wanted === 'all' ? held : [...new Set(wanted)].map((name) => heldOf(name, held))
  const operations = new OperationsLog(log, topics, by)
  const released: ReleasedTopic[] = []
  for (const { topic, position } of chosen) {
    const ends = await log.offsets([topic])
    const upTo = ends.map(({ partition, next }) => positionText({ topic, partition, offset: next }))
    await operations.append({ type: 'TopicReleased', topic, up_to: upTo })
    const end = ends.find(({ partition }) => partition === position.partition)?.next ?? position.offset
    released.push({ topic, records: end > position.offset ? end - position.offset : 0n })
  }
  return released
}

function heldOf(name: string, held: readonly HeldTopic[]): HeldTopic {
  const found = held.find(({ topic }) => topic === name)
  if (found === undefined) throw new ExperienceError('NotFound', `the topic ${name} is not held`)
  return found
}
