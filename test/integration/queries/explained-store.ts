import type { ReadModelStore, Statement } from '../../../projections/read-model-store.ts'

/** A store that answers, and collects how ClickHouse goes about each question. */
export class ExplainedStore implements ReadModelStore {
  readonly database: string
  /** A plan for each question: the lines of `EXPLAIN indexes = 1`. */
  readonly plans: string[] = []
  readonly #store: ReadModelStore

  constructor(store: ReadModelStore) {
    this.#store = store
    this.database = store.database
  }

  async query<Row>(statement: Statement): Promise<Row[]> {
    const lines = await this.#store.query<{ explain: string }>({
      ...statement,
      sql: `EXPLAIN indexes = 1 ${statement.sql}`,
    })
    this.plans.push(lines.map(({ explain }) => explain.trim()).join('\n'))
    return this.#store.query<Row>(statement)
  }

  table(name: string): string {
    return this.#store.table(name)
  }

  command(statement: Statement): Promise<void> {
    return this.#store.command(statement)
  }

  answerForeign(...question: Parameters<ReadModelStore['answerForeign']>): Promise<Buffer> {
    return this.#store.answerForeign(...question)
  }

  insert(...block: Parameters<ReadModelStore['insert']>): Promise<void> {
    return this.#store.insert(...block)
  }

  async close(): Promise<void> {}
}
