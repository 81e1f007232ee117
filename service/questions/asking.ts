import type { ReadModelStore } from '../../projections/read-model-store.ts'
import type { QueryContext } from '../../queries/query-context.ts'

/** Where a question of that name is asked: whoever listens hears how long the tables take for it. */
export function asking(question: string, queries: QueryContext): QueryContext {
  const { store, observer } = queries
  const asked = observer?.asked
  if (asked === undefined) return queries
  return { ...queries, store: timedStore(store, (seconds) => asked(question, seconds)) }
}

/** Only what is asked is told of: a question makes nothing else. */
function timedStore(store: ReadModelStore, took: (seconds: number) => void): ReadModelStore {
  return {
    database: store.database,
    table: (name) => store.table(name),
    command: (statement) => store.command(statement),
    query: (statement, left) => timed(() => store.query(statement, left), took),
    answerForeign: (question, left) => timed(() => store.answerForeign(question, left), took),
    insert: (block) => store.insert(block),
    close: () => store.close(),
  }
}

async function timed<Result>(ask: () => Promise<Result>, took: (seconds: number) => void): Promise<Result> {
  const begunAt = performance.now()
  try {
    return await ask()
  } finally {
    took((performance.now() - begunAt) / 1000)
  }
}
