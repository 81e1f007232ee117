import { join } from 'node:path'
import { openChdbReadModelStore } from '../../projections/clickhouse/chdb-read-model-store.ts'
import { openHttpReadModelStore } from '../../projections/clickhouse/http-read-model-store.ts'
import type { Generation } from '../../projections/generation.ts'
import { migrate } from '../../projections/migrations.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import type { Settings } from '../settings.ts'
import { createDataDirectory } from './data-directory.ts'

export interface OpenReadModel {
  readonly store: ReadModelStore
  /** The tables that readers follow. */
  readonly generation: Generation
  /** Whether the engine runs in this process: then no other process can project into it. */
  readonly embedded: boolean
}

/** The read model that the settings name, migrated to this release. Errors: `Unavailable`, `StorageError`. */
export async function openReadModel(settings: Settings): Promise<OpenReadModel> {
  const database = settings.CLICKHOUSE_DATABASE
  const url = settings.CLICKHOUSE_URL
  if (url === undefined) await createDataDirectory(settings.EXPERIENCE_LOG_DATA)
  const store =
    url === undefined
      ? await openChdbReadModelStore({ directory: join(settings.EXPERIENCE_LOG_DATA, 'clickhouse'), database })
      : openHttpReadModelStore({ url, database })
  try {
    return { store, generation: await migrate(store), embedded: url === undefined }
  } catch (error) {
    await store.close()
    throw error
  }
}
