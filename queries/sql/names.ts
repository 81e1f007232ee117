import type { ReadableView } from '../../projections/views/readable-views.ts'
import type { Query } from './syntax-tree.ts'
import { walkQuery } from './walk.ts'

/** What statements may be about: the views, and the database that they lie in. */
export interface SqlCatalog {
  readonly database: string
  readonly views: ReadonlyMap<string, ReadableView>
}

/** Names that a statement makes itself, wherever in it they hold: what is known nowhere is a slip; the engine knows the exact scopes. */
export interface OwnNames {
  /** Tables of WITH. */
  readonly tables: ReadonlySet<string>
  /** Aliases of columns and values, and names of lambdas' arguments. */
  readonly values: ReadonlySet<string>
  /** Aliases of tables. */
  readonly tableAliases: ReadonlySet<string>
}

export function ownNames(query: Query): OwnNames {
  const tables = new Set<string>()
  const values = new Set<string>()
  const tableAliases = new Set<string>()
  walkQuery(query, {
    query: ({ with: items }) => {
      for (const item of items) (item.kind === 'table' ? tables : values).add(item.name)
    },
    select: ({ items, arrayJoin, from }) => {
      for (const { alias, expression } of [...items, ...(arrayJoin?.items ?? [])]) {
        if (alias !== null) values.add(alias)
        // What a sub-select calls a column by itself: its own words.
        else if (expression.kind === 'call') values.add(expression.name)
      }
      if (from?.kind === 'numbers') values.add('number')
    },
    table: (table) => {
      if (table.alias !== null) tableAliases.add(table.alias)
      if (table.kind === 'numbers') values.add('number')
    },
    expression: (expression) => {
      if (expression.kind === 'lambda') for (const name of expression.names) values.add(name)
    },
  })
  return { tables, values, tableAliases }
}

/** The view that a table's name means, or null. */
export function viewOf(
  { database, views }: SqlCatalog,
  table: { readonly database: string | null; readonly name: string },
): ReadableView | null {
  if (table.database !== null && table.database !== database) return null
  return views.get(table.name) ?? null
}
