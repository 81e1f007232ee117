import { openChdbReadModelStore } from '../../projections/clickhouse/chdb-read-model-store.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { readSettings } from '../../service/settings.ts'
import { StreamingExperienceStore } from '../../service/store/streaming-experience-store.ts'
import { BareSql } from '../baselines/bare-sql.ts'
import { clickhouseDirectory, fillTables, TENTH } from './fill-tables.ts'

/** Filled tables, and the ways to ask about them. */
export interface OpenTables {
  /** The library. */
  readonly library: StreamingExperienceStore
  /** For the library's questions that the `ExperienceStore` of the reference does not have. */
  readonly store: ReadModelStore
  /** As `store`, about every tenth run. */
  readonly tenth: ReadModelStore
  readonly bare: BareSql
  /** The table of events, for bare SQL. */
  readonly events: string
  close(): Promise<void>
}

/** Makes and opens tables of so many events in a new data directory. */
export async function openTables(directory: string, events: number, note: (text: string) => void): Promise<OpenTables> {
  const started = performance.now()
  const eventsTable = await fillTables(directory, events)
  const clickhouse = clickhouseDirectory(directory)
  const library = await StreamingExperienceStore.open(readSettings({ EXPERIENCE_LOG_DATA: directory }))
  const store = await openChdbReadModelStore({ directory: clickhouse })
  const tenth = await openChdbReadModelStore({ directory: clickhouse, database: TENTH })
  note(`${events} events in tables after ${Math.round((performance.now() - started) / 1000)} s`)
  const bare = new BareSql(clickhouse)
  return {
    library,
    store,
    tenth,
    bare,
    events: store.table(eventsTable),
    close: async () => {
      bare.close()
      await tenth.close()
      await store.close()
      await library.close()
    },
  }
}
