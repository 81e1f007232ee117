import type { ReadModelStore } from './read-model-store.ts'

/** The same store, for one who may go away: what is asked of it then ends. */
export function storeUntilLeft(store: ReadModelStore, left: AbortSignal): ReadModelStore {
  return {
    database: store.database,
    table: (name) => store.table(name),
    command: (statement) => store.command(statement),
    query: (statement) => store.query(statement, left),
    answerForeign: (question) => store.answerForeign(question, left),
    insert: (block) => store.insert(block),
    close: () => store.close(),
  }
}
