import { ExperienceError } from '../../base/experience-error.ts'
import { milliseconds, string } from '../columns/column-types.ts'
import type { ReadModelStore } from '../read-model-store.ts'
import { blockOf } from '../native/block-builder.ts'
import { createMissingTable } from '../create-table.ts'
import { column, columnDefinitions } from '../columns/table-columns.ts'

const TABLE = 'projected_log'

const columns = {
  identity: column(string, 'The log that the tables are projected from'),
  bound_at: column(milliseconds, 'When the first projector or reader came with it'),
}

/**
 * Binds a read model to the one log that it is projected from, at its first use. Offsets of another log would be taken for known
 * ones, and its events be mixed with this log's or left out. Error: `InvalidSettings` where the read model belongs to another.
 */
export async function bindToLog(store: ReadModelStore, identity: string): Promise<void> {
  await createMissingTable(store, TABLE, createTable(store))
  checkBound(store, identity, (await boundIdentity(store)) ?? (await bind(store, identity)))
}

/** As `bindToLog`, for a read model that is bound, and without changing anything. Errors: `InvalidSettings`, `StorageError`. */
export async function checkBinding(store: ReadModelStore, identity: string): Promise<void> {
  checkBound(store, identity, await boundIdentity(store))
}

function checkBound(store: ReadModelStore, identity: string, bound: string | null): void {
  if (bound === identity || bound === null) return
  const message =
    `the read model (database ${store.database}) was projected from another log (${bound}) than this one (${identity}): ` +
    'give this log a read model of its own (another --data directory, or CLICKHOUSE_DATABASE), or delete the old one'
  throw new ExperienceError('InvalidSettings', message)
}

function createTable(store: ReadModelStore): string {
  return `CREATE TABLE IF NOT EXISTS ${store.table(TABLE)} (
  ${columnDefinitions(columns)}
)
ENGINE = MergeTree
ORDER BY (bound_at, identity)
SETTINGS non_replicated_deduplication_window = 100
COMMENT 'The log that the tables are projected from: the first row counts'`
}

/** Two that bind at once agree on the first. */
async function bind(store: ReadModelStore, identity: string): Promise<string | null> {
  await store.insert({
    table: TABLE,
    ...blockOf(columns, [{ identity, bound_at: Date.now() }]),
    deduplicationToken: `log-${identity}`,
  })
  return boundIdentity(store)
}

async function boundIdentity(store: ReadModelStore): Promise<string | null> {
  const [row] = await store.query<{ identity: string }>({
    sql: `SELECT identity FROM ${store.table(TABLE)} ORDER BY bound_at, identity LIMIT 1`,
  })
  return row?.identity ?? null
}
