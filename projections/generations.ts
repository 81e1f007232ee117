import { randomBytes } from 'node:crypto'
import { ExperienceError } from '../schemas/experience-error.ts'
import { milliseconds, string } from './column-types.ts'
import { createDeadLettersTable } from './dead-letters/dead-letters-table.ts'
import { createEventsTable } from './events/events-table.ts'
import { generation, type Generation, type GenerationId } from './generation.ts'
import type { ReadModelStore } from './read-model-store.ts'
import { column, columnDefinitions, RowEncoder } from './table-columns.ts'
import { table } from './table-name.ts'

const GENERATIONS_TABLE = 'generations'

const generationColumns = {
  id: column(string, "Names the generation's tables, consumer group and deduplication tokens"),
  created_at: column(milliseconds, 'When its tables were made'),
}

/**
 * The generation that a new database begins with: the same for every process that asks. ClickHouse lets one process create
 * the table `generations` and gives that table an id of its own, which all then read: agreement without transactions.
 */
export async function firstGeneration(store: ReadModelStore): Promise<Generation> {
  await store.command({
    sql: `CREATE TABLE IF NOT EXISTS ${table(store, GENERATIONS_TABLE)} (
  ${columnDefinitions(generationColumns)}
)
ENGINE = MergeTree
ORDER BY created_at
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Sets of projection tables; the comment of the view events names the one that readers follow'`,
  })
  const [known] = await store.query<{ id: string }>({
    sql: `SELECT id FROM ${table(store, GENERATIONS_TABLE)} ORDER BY created_at, id LIMIT 1`,
  })
  return generation(known?.id ?? (await readModelId(store)))
}

/** Creates the tables of a generation and notes it down. Repeating it changes nothing. */
export async function createGeneration(
  store: ReadModelStore,
  { id, eventsTable, deadLettersTable }: Generation,
): Promise<void> {
  await store.command({ sql: createEventsTable(table(store, eventsTable)) })
  await store.command({ sql: createDeadLettersTable(table(store, deadLettersTable)) })
  const encoder = new RowEncoder(generationColumns)
  encoder.add({ id, created_at: Date.now() })
  await store.insert({
    table: GENERATIONS_TABLE,
    columns: encoder.columns,
    rowBinary: encoder.finish(),
    deduplicationToken: `generation-${id}`,
  })
}

/** An id that no generation has. */
export function newGenerationId(): GenerationId {
  return generation(randomBytes(6).toString('hex')).id
}

/** Drops the tables of a generation; none is no fault. */
export async function dropTables(store: ReadModelStore, { eventsTable, deadLettersTable }: Generation): Promise<void> {
  for (const name of [eventsTable, deadLettersTable])
    await store.command({ sql: `DROP TABLE IF EXISTS ${table(store, name)} SYNC` })
}

/** Drops a generation's tables and forgets it. Repeating it changes nothing. */
export async function dropGeneration(store: ReadModelStore, unwanted: Generation): Promise<void> {
  await dropTables(store, unwanted)
  await store.command({
    sql: `ALTER TABLE ${table(store, GENERATIONS_TABLE)} DELETE WHERE id = {id:String} SETTINGS mutations_sync = 1`,
    params: { id: unwanted.id },
  })
}

export interface KnownGeneration {
  readonly id: string
  /** ms since the epoch. */
  readonly created_at: number
}

/** All generations that have not been dropped. */
export async function listGenerations(store: ReadModelStore): Promise<KnownGeneration[]> {
  const rows = await store.query<{ id: string; at: string }>({
    sql: `SELECT id, toUnixTimestamp64Milli(created_at) AS at FROM ${table(store, GENERATIONS_TABLE)} ORDER BY at, id`,
  })
  return rows.map(({ id, at }) => ({ id, created_at: Number(at) }))
}

/**
 * Tells this read model from every other, also from one that was made anew in its place: the first 48 bits of the UUID of the
 * table `generations`, all of which are random in a UUID of version 4.
 */
export async function readModelId(store: ReadModelStore): Promise<string> {
  const [row] = await store.query<{ id: string }>({
    sql: `SELECT toString(uuid) AS id FROM system.tables WHERE database = {database:String} AND name = {name:String}`,
    params: { database: store.database, name: GENERATIONS_TABLE },
  })
  const id = row?.id.replaceAll('-', '').slice(0, 12)
  if (id === undefined || /^0*$/.test(id)) {
    const message = `the database ${store.database} gives its tables no ids: it must have the engine Atomic or Replicated`
    throw new ExperienceError('StorageError', message)
  }
  return id
}
