import type { Generation } from './generation.ts'
import type { ReadModelStore } from '../read-model-store.ts'

/** How many rows a generation has of a topic. */
export async function countTopicRows(
  store: ReadModelStore,
  generation: Generation,
  topic: string,
): Promise<{ readonly events: number; readonly dead_letters: number }> {
  const there = await tablesOf(store, generation)
  const count = (name: string): string =>
    there.includes(name) ? `(SELECT count() FROM ${store.table(name)} WHERE topic = {topic:String})` : '0'
  const [row] = await store.query<{ events: string; dead_letters: string }>({
    sql: `SELECT ${count(generation.eventsTable)} AS events, ${count(generation.deadLettersTable)} AS dead_letters`,
    params: { topic },
  })
  return { events: Number(row?.events), dead_letters: Number(row?.dead_letters) }
}

/** Deletes a generation's rows of a topic, also from the disk: parts that held some are written anew without them. */
export async function deleteTopicRows(store: ReadModelStore, generation: Generation, topic: string): Promise<void> {
  for (const name of await tablesOf(store, generation)) {
    await store.command({
      sql: `ALTER TABLE ${store.table(name)} DELETE WHERE topic = {topic:String} SETTINGS mutations_sync = 1`,
      params: { topic },
    })
  }
}

/** Who was killed while it made or removed a generation leaves one of two tables. */
async function tablesOf(store: ReadModelStore, { eventsTable, deadLettersTable }: Generation): Promise<string[]> {
  const found = await store.query<{ name: string }>({
    sql: 'SELECT name FROM system.tables WHERE database = {database:String} AND name IN {names:Array(String)}',
    params: { database: store.database, names: [eventsTable, deadLettersTable] },
  })
  return found.map(({ name }) => name)
}
