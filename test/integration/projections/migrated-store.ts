import { randomBytes } from 'node:crypto'
import { openChdbReadModelStore } from '../../../projections/clickhouse/chdb-read-model-store.ts'
import { eventColumns } from '../../../projections/events/event-columns.ts'
import { eventRow, type LoggedEvent } from '../../../projections/events/event-row.ts'
import type { Generation } from '../../../projections/generations/generation.ts'
import { migrate } from '../../../projections/forms/migrations.ts'
import { blockOf } from '../../../projections/native/block-builder.ts'
import type { ReadModelStore } from '../../../projections/read-model-store.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'

export interface MigratedStore {
  readonly store: ReadModelStore
  readonly generation: Generation
  readonly directory: string
  /** Inserts events, in order, under a token of their own unless one is given. */
  insert(events: readonly LoggedEvent[], token?: string): Promise<void>
  dispose(): Promise<void>
}

/** A new database on the embedded engine. A process can have one at a time. */
export async function migratedStore(): Promise<MigratedStore> {
  const directory = await temporaryDirectory()
  const store = await openChdbReadModelStore({ directory: directory.path })
  const generation = await migrate(store)
  return {
    store,
    generation,
    directory: directory.path,
    insert: (events, token) => insertEvents(store, generation, events, token),
    dispose: async () => {
      await store.close()
      await directory.remove()
    },
  }
}

export async function insertEvents(
  store: ReadModelStore,
  { eventsTable }: Generation,
  events: readonly LoggedEvent[],
  deduplicationToken = randomBytes(8).toString('hex'),
): Promise<void> {
  await store.insert({ ...blockOf(eventColumns, events.map(eventRow)), table: eventsTable, deduplicationToken })
}
