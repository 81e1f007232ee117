import { join } from 'node:path'
import { openChdbReadModelStore } from '../../projections/clickhouse/chdb-read-model-store.ts'
import { generationNotice } from '../../projections/generations/generation-columns.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import { readModelId } from '../../projections/generations/generations.ts'
import { bindToLog } from '../../projections/generations/log-binding.ts'
import { migrate } from '../../projections/forms/migrations.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import type { Settings } from '../settings.ts'
import { sqlDoorOf } from '../sql/sql-door-of.ts'
import { tlsOf } from '../tls-settings.ts'
import { createDataDirectory } from './data-directory.ts'
import type { OpenLog } from './open-log.ts'

export interface OpenReadModel {
  readonly store: ReadModelStore
  /** See `readModelId`. */
  readonly id: string
  /** The tables that readers follow. */
  readonly generation: Generation
  /** Whether the engine runs in this process: then no other process can project into it. */
  readonly embedded: boolean
  /** What operators are told where the generation is not of this release's form; else null. */
  readonly notice: string | null
}

/** What a read model is bound to. Error: `Unavailable`. */
export async function logIdentity({ log, topics }: Pick<OpenLog, 'log' | 'topics'>): Promise<string> {
  return `${await log.identity()}, topics ${topics.prefix}`
}

/** The ClickHouse that the settings name, as it is. Errors: `Unavailable`, `InvalidSettings`. */
export async function openStore(settings: Settings): Promise<ReadModelStore> {
  const { CLICKHOUSE_DATABASE: database, CLICKHOUSE_URL: url, CLICKHOUSE_TIMEOUT_MS: requestTimeoutMs } = settings
  const tls = tlsOf(settings, 'CLICKHOUSE')
  if (url !== undefined) {
    const { openHttpReadModelStore } = await import('../../projections/clickhouse/http-read-model-store.ts')
    const sqlDoor = sqlDoorOf(settings)
    return openHttpReadModelStore({ url, database, requestTimeoutMs, tls, ...(sqlDoor === null ? {} : { sqlDoor }) })
  }
  await createDataDirectory(settings.EXPERIENCE_LOG_DATA)
  return openChdbReadModelStore({ directory: join(settings.EXPERIENCE_LOG_DATA, 'clickhouse'), database })
}

/**
 * The read model that the settings name, migrated to this release and bound to the log. Errors: `Unavailable`, `StorageError`,
 * `InvalidSettings` (the read model belongs to another log).
 */
export async function openReadModel(settings: Settings, { log, topics }: OpenLog): Promise<OpenReadModel> {
  const store = await openStore(settings)
  try {
    const generation = await migrate(store)
    await bindToLog(store, await logIdentity({ log, topics }))
    const notice = await generationNotice(store, generation)
    return { store, id: await readModelId(store), generation, embedded: settings.CLICKHOUSE_URL === undefined, notice }
  } catch (error) {
    await store.close()
    throw error
  }
}
