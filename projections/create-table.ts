import type { ReadModelStore } from './read-model-store.ts'

/** Creates a table that is not there yet. Asks first, since who only reads may create nothing, not even what exists. */
export async function createMissingTable(store: ReadModelStore, name: string, sql: string): Promise<void> {
  const found = await store.query({
    sql: 'SELECT name FROM system.tables WHERE database = {database:String} AND name = {name:String}',
    params: { database: store.database, name },
  })
  if (found.length === 0) await store.command({ sql })
}
