import type { EventLog } from '../../log/event-log.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import type { Difference } from '../verify/difference.ts'

export interface BeforeLogParts {
  readonly log: EventLog
  readonly topics: TenantTopics
  readonly store: ReadModelStore
}

/**
 * Events that the live generation alone still has: the log lost its beginning, by retention or by hand, and a rebuild cannot bring them
 * back. Asks the tables only about partitions that do not begin at 0. Errors: `Unavailable`, `StorageError`.
 */
export async function eventsBeforeLog(
  { log, topics, store }: BeforeLogParts,
  live: Generation,
  building: Generation,
): Promise<Difference[]> {
  const held = await log.offsets(await log.topics(topics.topicPrefix('events')))
  const differences: Difference[] = []
  for (const { topic, partition, earliest } of held.filter((each) => each.earliest > 0n)) {
    const [found] = await store.query<{ rows: string }>({
      sql: `SELECT count() AS rows FROM ${store.table(live.eventsTable)}
        WHERE topic = {topic:String} AND partition = {partition:Int32} AND offset < {earliest:Int64}
          AND digest NOT IN (SELECT digest FROM ${store.table(building.eventsTable)} WHERE topic = {topic:String})`,
      params: { topic, partition, earliest: earliest.toString() },
    })
    const rows = found?.rows ?? '0'
    const measure = `events of partition ${partition} that only generation ${live.id} has, because the log begins at ${earliest}`
    if (rows !== '0') differences.push({ topic, measure, log: '0', tables: rows })
  }
  return differences
}
