import type { Dependencies } from '../dependencies.ts'
import { offset, partitionText } from '../../base/position.ts'
import type { CommittedOffset } from '../../log/group-consumer.ts'
import type { RebuildScope } from '../log/operation.ts'
import { copyRows } from '../../projections/generations/copy-rows.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import { projectorGroup, seedGroup } from '../../consumers/generation-group.ts'
import { isRebuilt, type ProjectionName, type SeededTo } from './scope-selection.ts'

export type SeedParts = Pick<Dependencies, 'log' | 'topics' | 'store'>

/**
 * Prepares the empty tables of a generation for the log: copies from the live generation what the scope leaves out, up to what
 * that has committed, and lets the new group begin behind it where nothing of a topic is to be made anew.
 * Errors: `Unavailable`, `StorageError`.
 */
export async function seed(
  { log, topics, store }: SeedParts,
  live: Generation,
  building: Generation,
  scope: RebuildScope,
): Promise<void> {
  const names = await log.topics(topics.topicPrefix('events'))
  const isSkipped = (topic: string): boolean =>
    !isRebuilt(scope, topics, topic, 'events') && !isRebuilt(scope, topics, topic, 'dead_letters')
  if (scope.range !== null) {
    const ends = (await log.offsets(names)).filter(({ topic }) => isSkipped(topic))
    await log.startGroup(
      projectorGroup(topics, building),
      ends.map(({ topic, partition, next }) => ({ topic, partition, offset: next, metadata: '' })),
    )
    return
  }
  // A commit comes after the rows: those before it are all there, later ones are not copied.
  const committed = (await log.committed(projectorGroup(topics, live), names)).map((each) => ({
    ...each,
    metadata: '',
  }))
  const copied = (name: ProjectionName): CommittedOffset[] =>
    committed.filter(({ topic, offset: to }) => to > 0n && !isRebuilt(scope, topics, topic, name))
  await copyRows(store, live.eventsTable, building.eventsTable, copied('events'))
  await copyRows(store, live.deadLettersTable, building.deadLettersTable, copied('dead_letters'))
  await log.startGroup(seedGroup(topics, building), committed)
  await log.startGroup(
    projectorGroup(topics, building),
    committed.filter(({ topic }) => isSkipped(topic)),
  )
}

/** Up to where `seed` copied each partition. Errors: `Unavailable`, `StorageError`. */
export async function seededOffsets({ log, topics }: SeedParts, building: Generation): Promise<SeededTo> {
  const names = await log.topics(topics.topicPrefix('events'))
  const committed = await log.committed(seedGroup(topics, building), names)
  const ends = new Map(committed.map((each) => [partitionText(each), each.offset]))
  return ({ topic, partition }) => ends.get(partitionText({ topic, partition })) ?? offset(0)
}
