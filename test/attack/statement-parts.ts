import { readableViews } from '../../projections/views/readable-views.ts'
import { tokensOf, type Token } from '../../queries/sql/read/tokens.ts'
import { SqlRefused } from '../../queries/sql/sql-fault.ts'

/** Names of views and of their columns. */
export const readableNames: ReadonlySet<string> = new Set(
  [...readableViews.values()].flatMap(({ name, columns }) => [name, ...columns]),
)

/** The parts of a statement, or null for what has none. */
export function tokensOrNone(sql: string): readonly Token[] | null {
  try {
    return tokensOf(sql).slice(0, -1)
  } catch (error) {
    if (error instanceof SqlRefused) return null
    throw error
  }
}
