import { eventColumns } from '../../projections/events/event-columns.ts'
import { migrate } from '../../projections/migrations.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { quoteIdentifier, table } from '../../projections/table-name.ts'
import { DAYS } from './fill-tables.ts'

/**
 * Fills a new database with every tenth run of a table of events, day by day: the same tenants over the same days, a tenth as
 * busy.
 */
export async function copyTenth(store: ReadModelStore, qualifiedSource: string): Promise<void> {
  const { eventsTable } = await migrate(store)
  const columns = Object.keys(eventColumns).map(quoteIdentifier).join(', ')
  const [{ first } = { first: '' }] = await store.query<{ first: string }>({
    sql: `SELECT toString(min(instant)) AS first FROM ${qualifiedSource}`,
  })
  for (let day = 0; day <= DAYS; day++) {
    await store.command({
      sql: `INSERT INTO ${table(store, eventsTable)} (${columns}) SELECT ${columns} FROM ${qualifiedSource}
        WHERE instant >= toDateTime64({first:String}, 9, 'UTC') + INTERVAL {day:UInt32} DAY
          AND instant < toDateTime64({first:String}, 9, 'UTC') + INTERVAL {day:UInt32} + 1 DAY
          AND cityHash64(ifNull(correlation_id, ifNull(chain_id, event_id))) % 10 = 0
        SETTINGS min_insert_block_size_rows = 100000000, min_insert_block_size_bytes = 0, insert_deduplicate = 0`,
      params: { first, day },
    })
  }
}
