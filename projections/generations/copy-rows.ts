import { partitionText, type Position } from '../../base/position.ts'
import type { ReadModelStore } from '../read-model-store.ts'
import { quoteIdentifier } from '../../base/quote-sql.ts'

/** ClickHouse takes 128 KiB a parameter over HTTP, and a topic's name may have 249 characters. */
const PARTITIONS_A_STATEMENT = 200

/**
 * Copies rows of some partitions from one table into another, column by column as far as both have them. Not atomic: who is
 * interrupted begins with an empty table again. Errors: `Unavailable`, `StorageError`.
 */
export async function copyRows(
  store: ReadModelStore,
  from: string,
  to: string,
  partitions: readonly Position[],
): Promise<void> {
  const columns = (await commonColumns(store, from, to)).map(quoteIdentifier).join(', ')
  for (let start = 0; start < partitions.length; start += PARTITIONS_A_STATEMENT) {
    const chunk = partitions.slice(start, start + PARTITIONS_A_STATEMENT)
    await store.command({
      // Each block would else be looked for in the deduplication log.
      sql: `INSERT INTO ${store.table(to)} (${columns}) SELECT ${columns} FROM ${store.table(from)}
        WHERE topic IN {topics:Array(String)} AND offset
          < transform(concat(topic, '/', toString(partition)), {partitions:Array(String)}, {ends:Array(Int64)}, toInt64(0))
        SETTINGS insert_deduplicate = 0`,
      params: {
        topics: [...new Set(chunk.map(({ topic }) => topic))],
        partitions: chunk.map(partitionText),
        ends: chunk.map(({ offset }) => offset),
      },
    })
  }
}

async function commonColumns(store: ReadModelStore, from: string, to: string): Promise<string[]> {
  const rows = await store.query<{ name: string }>({
    sql: `SELECT name FROM system.columns WHERE database = {database:String} AND table IN {tables:Array(String)}
      AND default_kind NOT IN ('MATERIALIZED', 'ALIAS')
      GROUP BY name HAVING count() = 2 ORDER BY min(position)`,
    params: { database: store.database, tables: [from, to] },
  })
  return rows.map(({ name }) => name)
}
