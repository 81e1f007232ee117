import { ExperienceError } from '../../base/experience-error.ts'
import { milliseconds, string } from '../columns/column-types.ts'
import { createDeadLettersTable } from '../dead-letters/dead-letters-table.ts'
import { createEventsTable } from '../events/events-table.ts'
import { currentForm, type ProjectionForm } from '../forms/form.ts'
import { generation, type Generation } from './generation.ts'
import type { ReadModelStore } from '../read-model-store.ts'
import { formVersionOf } from '../forms/stored-form.ts'
import { blockOf } from '../native/block-builder.ts'
import { column, columnDefinitions } from '../columns/table-columns.ts'
import { liveGenerationId } from '../views/create-views.ts'

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
    sql: `CREATE TABLE IF NOT EXISTS ${store.table(GENERATIONS_TABLE)} (
  ${columnDefinitions(generationColumns)}
)
ENGINE = MergeTree
ORDER BY created_at
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Sets of projection tables; the comment of the view events names the one that readers follow'`,
  })
  const [known] = await store.query<{ id: string }>({
    sql: `SELECT id FROM ${store.table(GENERATIONS_TABLE)} ORDER BY created_at, id LIMIT 1`,
  })
  return generation(known?.id ?? (await readModelId(store)))
}

/** Creates the tables of a generation, in the form of this release, and notes it down. Repeating it changes nothing. */
export async function createGeneration(
  store: ReadModelStore,
  { id, eventsTable, deadLettersTable }: Generation,
  form: ProjectionForm = currentForm,
): Promise<void> {
  await store.command({ sql: createEventsTable(store.table(eventsTable), form) })
  await store.command({ sql: createDeadLettersTable(store.table(deadLettersTable), form) })
  await store.insert({
    table: GENERATIONS_TABLE,
    ...blockOf(generationColumns, [{ id, created_at: Date.now() }]),
    deduplicationToken: `generation-${id}`,
  })
}

/** A generation that the database holds. */
export interface GenerationRecord {
  readonly generation: Generation
  /** When its tables were made, ms since the epoch. */
  readonly createdAt: number
  /** Version of the form that it was made in. */
  readonly form: number
  /** Rows of its tables. */
  readonly events: number
  readonly deadLetters: number
  /** What both take on disk. */
  readonly bytes: number
}

/** The generations whose table of events exists, the oldest first. */
export async function listGenerations(store: ReadModelStore): Promise<GenerationRecord[]> {
  const tables = await store.query<{ name: string; comment: string; made: string; rows: string; bytes: string }>({
    sql: `SELECT name, comment, toUnixTimestamp(metadata_modification_time) * 1000 AS made,
        ifNull(total_rows, 0) AS rows, ifNull(total_bytes, 0) AS bytes
      FROM system.tables WHERE database = {database:String} AND match(name, '^(events|dead_letters)_[0-9a-f]{12}$')`,
    params: { database: store.database },
  })
  const notes = await store.query<{ id: string; made: string }>({
    sql: `SELECT id, toUnixTimestamp64Milli(created_at) AS made FROM ${store.table(GENERATIONS_TABLE)}`,
  })
  const notedAt = new Map(notes.map(({ id, made }) => [id, made]))
  return tables
    .filter(({ name }) => name.startsWith('events_'))
    .map((events) => {
      const listed = generation(events.name.slice('events_'.length))
      const deadLetters = tables.find(({ name }) => name === listed.deadLettersTable)
      return {
        generation: listed,
        // A note can be lost where ClickHouse dies in the middle of it, like any insert whose token it took.
        createdAt: Number(notedAt.get(listed.id) ?? events.made),
        form: formVersionOf(events.comment),
        events: Number(events.rows),
        deadLetters: Number(deadLetters?.rows ?? 0),
        bytes: Number(events.bytes) + Number(deadLetters?.bytes ?? 0),
      }
    })
    .toSorted((left, right) => left.createdAt - right.createdAt || (left.generation.id < right.generation.id ? -1 : 1))
}

/**
 * Drops a generation. Its table of events goes last, so that it is listed until all is gone; what is gone already is no error.
 * Error: `StorageError` if readers follow it.
 */
export async function dropGeneration(
  store: ReadModelStore,
  { id, eventsTable, deadLettersTable }: Generation,
): Promise<void> {
  if ((await liveGenerationId(store)) === id) {
    throw new ExperienceError('StorageError', `readers follow generation ${id}: it cannot be dropped`)
  }
  await store.command({ sql: `DROP TABLE IF EXISTS ${store.table(deadLettersTable)} SYNC` })
  await store.command({
    sql: `ALTER TABLE ${store.table(GENERATIONS_TABLE)} DELETE WHERE id = {id:String} SETTINGS mutations_sync = 1`,
    params: { id },
  })
  await store.command({ sql: `DROP TABLE IF EXISTS ${store.table(eventsTable)} SYNC` })
}

/**
 * Names the read model, differently after the database was dropped and made anew: the first 48 bits of the UUID of the table
 * `generations`, all of which are random in a UUID of version 4. Error: `StorageError` in a database that has none.
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
