import type { Generation } from '../../projections/generations/generation.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import type { Difference } from '../verify/difference.ts'

/**
 * Records that the live generation has as events and the new one as dead letters: what a release that reads the log worse than
 * the one before would do, and `verify`, which reads as the release does, cannot see.
 */
export async function lostEvents(store: ReadModelStore, live: Generation, building: Generation): Promise<Difference[]> {
  const rows = await store.query<{ place: string; rows: string }>({
    sql: `SELECT toString(topic) AS place, count() AS rows FROM ${store.table(live.eventsTable)}
      WHERE (topic, partition, offset) IN (SELECT topic, partition, offset FROM ${store.table(building.deadLettersTable)})
      GROUP BY place ORDER BY place`,
  })
  return rows.map(({ place, rows: found }) => ({
    topic: place,
    measure: `dead letters that are events in generation ${live.id}`,
    log: '0',
    tables: found,
  }))
}
