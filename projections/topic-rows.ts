import type { Generation } from './generation.ts'
import type { ReadModelStore } from './read-model-store.ts'
import { table } from './table-name.ts'

/** How many rows a generation has of a topic. */
export async function countTopicRows(
  store: ReadModelStore,
  { eventsTable, deadLettersTable }: Generation,
  topic: string,
): Promise<{ readonly events: number; readonly dead_letters: number }> {
  const count = (name: string): string => `(SELECT count() FROM ${table(store, name)} WHERE topic = {topic:String})`
  const [row] = await store.query<{ events: string; dead_letters: string }>({
    sql: `SELECT ${count(eventsTable)} AS events, ${count(deadLettersTable)} AS dead_letters`,
    params: { topic },
  })
  return { events: Number(row?.events), dead_letters: Number(row?.dead_letters) }
}

/** Deletes a generation's rows of a topic, also from the disk: parts that held some are written anew without them. */
export async function deleteTopicRows(
  store: ReadModelStore,
  { eventsTable, deadLettersTable }: Generation,
  topic: string,
): Promise<void> {
  for (const name of [eventsTable, deadLettersTable]) {
    await store.command({
      sql: `ALTER TABLE ${table(store, name)} DELETE WHERE topic = {topic:String} SETTINGS mutations_sync = 1`,
      params: { topic },
    })
  }
}
