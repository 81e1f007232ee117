import type { ReadModelStore } from '../../projections/read-model-store.ts'
import type { QueryContext } from '../../queries/query-context.ts'

/** Where a question of that name is asked: whoever listens hears how long the tables take for it. */
export function asking(question: string, queries: QueryContext): QueryContext {
  const { store, observer } = queries
  const asked = observer?.asked
  if (asked === undefined) return queries
  return { ...queries, store: timedStore(store, (seconds) => asked(question, seconds)) }
}

/** Only queries are told of: a question makes nothing else. */
function timedStore(store: ReadModelStore, took: (seconds: number) => void): ReadModelStore {
  return {
    database: store.database,
    table: (name) => store.table(name),
    command: (statement) => store.command(statement),
    query: async (statement, left) => {
      const begunAt = performance.now()
      try {
        return await store.query(statement, left)
      } finally {
        took((performance.now() - begunAt) / 1000)
      }
    },
    insert: (block) => store.insert(block),
    close: () => store.close(),
  }
}
