import { ExperienceError } from '../../base/experience-error.ts'
import { milliseconds, string, uint32 } from '../columns/column-types.ts'
import { currentForm, type ProjectionForm } from './form.ts'
import { generation, type Generation } from '../generations/generation.ts'
import { createGeneration, firstGeneration } from '../generations/generations.ts'
import type { ReadModelStore } from '../read-model-store.ts'
import { blockOf } from '../native/block-builder.ts'
import { createMissingTable } from '../create-table.ts'
import { column, columnDefinitions } from '../columns/table-columns.ts'
import { quoteIdentifier } from '../../base/quote-sql.ts'
import { createViews, liveGenerationId, pointReadersAt } from '../views/create-views.ts'

/** One step of the database's form. Repeating it, or doing it in two processes at once, changes nothing. */
interface Migration {
  readonly version: number
  readonly name: string
  apply(store: ReadModelStore, form: ProjectionForm): Promise<void>
}

const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'events, dead letters and their views',
    apply: async (store, form) => {
      const first = await firstGeneration(store)
      await createGeneration(store, first, form)
      await pointReadersAt(store, first, form)
    },
  },
  {
    version: 2,
    name: 'forms of generations',
    // Nothing to change, but releases that do not look at a generation's form are kept out.
    apply: async () => {},
  },
]

/** The version of the database that this release makes and understands. Exported for its test. */
export const SCHEMA_VERSION = Math.max(...migrations.map(({ version }) => version))

/**
 * Brings the database to this release, creating it if need be, and answers with the generation that readers follow. That
 * generation keeps its form, and only gets the columns that it can compute; the views are those of the release. Safe to call from
 * several processes at once, and on every start. Errors: `StorageError` for a database that a newer release made, `Unavailable`.
 */
export async function migrate(store: ReadModelStore, form: ProjectionForm = currentForm): Promise<Generation> {
  await createDatabase(store)
  await createMissingTable(store, MIGRATIONS_TABLE, createMigrationsTable(store))
  const version = await schemaVersion(store)
  if (version > SCHEMA_VERSION) throw newerDatabase(store, version)
  for (const migration of migrations) {
    if (migration.version <= version) continue
    await migration.apply(store, form)
    await record(store, migration)
  }
  const id = await liveGenerationId(store)
  if (id === null) {
    const message = `the view events of the database ${store.database} is missing or not ours: restore it, or use another database`
    throw new ExperienceError('StorageError', message)
  }
  const live = generation(id)
  await createViews(store, live, form)
  return live
}

/** Asks first, since a user who may not create databases may still own one. */
async function createDatabase(store: ReadModelStore): Promise<void> {
  const found = await store.query({
    sql: 'SELECT name FROM system.databases WHERE name = {database:String}',
    params: { database: store.database },
  })
  if (found.length > 0) return
  await store.command({ sql: `CREATE DATABASE IF NOT EXISTS ${quoteIdentifier(store.database)} ENGINE = Atomic` })
}

const MIGRATIONS_TABLE = 'schema_migrations'

const migrationColumns = {
  version: column(uint32, 'Version that the migration brought the database to'),
  name: column(string, 'What it did'),
  applied_at: column(milliseconds, 'When it ended'),
}

function createMigrationsTable(store: ReadModelStore): string {
  return `CREATE TABLE IF NOT EXISTS ${store.table(MIGRATIONS_TABLE)} (
  ${columnDefinitions(migrationColumns)}
)
ENGINE = MergeTree
ORDER BY version
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Migrations that this database went through'`
}

async function schemaVersion(store: ReadModelStore): Promise<number> {
  const [row] = await store.query<{ latest: number }>({
    sql: `SELECT max(version) AS latest FROM ${store.table(MIGRATIONS_TABLE)}`,
  })
  return row?.latest ?? 0
}

async function record(store: ReadModelStore, { version, name }: Migration): Promise<void> {
  await store.insert({
    table: MIGRATIONS_TABLE,
    ...blockOf(migrationColumns, [{ version, name, applied_at: Date.now() }]),
    deduplicationToken: `migration-${version}`,
  })
}

function newerDatabase({ database }: ReadModelStore, version: number): ExperienceError {
  const message =
    `the database ${database} was made by a newer release: its version is ${version}, and this release knows ` +
    `${SCHEMA_VERSION}. Start the newer release, or use another database`
  return new ExperienceError('StorageError', message)
}
