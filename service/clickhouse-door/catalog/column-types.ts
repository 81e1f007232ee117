import type { ReadModelStore } from '../../../projections/read-model-store.ts'
import { readableViews } from '../../../projections/views/readable-views.ts'

/** Types of the views' columns, by `view.column`, as ClickHouse spells them. */
export type ColumnTypes = ReadonlyMap<string, string>

/** How long types are believed, ms: a release that brings others may start beside this process. */
const KEPT_MS = 60_000

/** Asks the engine for the types of the views' columns, now and then. */
export class ColumnTypeReader {
  readonly #store: ReadModelStore
  #types: Promise<ColumnTypes> | null = null
  #readAt = 0

  constructor(store: ReadModelStore) {
    this.#store = store
  }

  /** Errors: those of the store. */
  async types(): Promise<ColumnTypes> {
    if (this.#types === null || performance.now() - this.#readAt > KEPT_MS) {
      this.#readAt = performance.now()
      this.#types = this.#read()
      this.#types.catch(() => (this.#types = null))
    }
    return this.#types
  }

  async #read(): Promise<ColumnTypes> {
    const rows = await this.#store.query<{ holder: string; name: string; type: string }>({
      sql: 'SELECT table AS holder, name, type FROM system.columns WHERE database = {database:String} AND table IN {views:Array(String)}',
      params: { database: this.#store.database, views: [...readableViews.keys()] },
    })
    return new Map(rows.map(({ holder, name, type }) => [`${holder}.${name}`, type]))
  }
}
