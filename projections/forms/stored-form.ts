import { ExperienceError } from '../../base/experience-error.ts'
import type { Generation } from '../generations/generation.ts'
import type { ReadModelStore } from '../read-model-store.ts'

/** A column as a table has it. */
export interface StoredColumn {
  readonly name: string
  readonly type: string
  /** Whether rows may be inserted without it: the table then computes it from the others. */
  readonly hasDefault: boolean
}

/** The form of a generation, as its tables tell it. */
export interface StoredForm {
  readonly version: number
  /** In the order of the table. */
  readonly events: readonly StoredColumn[]
  readonly deadLetters: readonly StoredColumn[]
}

/**
 * Ends the comment of a table of events. The version stands there, since a table is created with its comment in one step: it
 * cannot be lost, nor differ from what was created, whichever of two releases came first.
 */
export function formMark(version: number): string {
  return `form ${version}`
}

/** The version in the comment of a table of events. Tables that were made before there were forms have the first. */
export function formVersionOf(comment: string): number {
  return Number(/form (\d+)$/.exec(comment)?.[1] ?? 1)
}

/** Reads a generation's form. Errors: `StorageError` if its tables are missing, `Unavailable`. */
export async function storedForm(store: ReadModelStore, generation: Generation): Promise<StoredForm> {
  const { eventsTable, deadLettersTable } = generation
  const params = { database: store.database, tables: [eventsTable, deadLettersTable] }
  const comments = await store.query<{ name: string; comment: string }>({
    sql: 'SELECT name, comment FROM system.tables WHERE database = {database:String} AND name IN {tables:Array(String)}',
    params,
  })
  const columns = await store.query<{ holder: string; name: string; type: string; default_kind: string }>({
    sql: `SELECT table AS holder, name, type, default_kind FROM system.columns
      WHERE database = {database:String} AND table IN {tables:Array(String)} ORDER BY position`,
    params,
  })
  if (comments.length < params.tables.length) {
    const message = `tables of generation ${generation.id} are missing in the database ${store.database}: restore them, or use another database`
    throw new ExperienceError('StorageError', message)
  }
  const columnsOf = (table: string): StoredColumn[] =>
    columns
      .filter(({ holder }) => holder === table)
      .map(({ name, type, default_kind }) => ({ name, type, hasDefault: default_kind !== '' }))
  return {
    version: formVersionOf(comments.find(({ name }) => name === eventsTable)?.comment ?? ''),
    events: columnsOf(eventsTable),
    deadLetters: columnsOf(deadLettersTable),
  }
}
