import type { ReadableView } from '../../projections/views/readable-views.ts'
import type { ConstantTable, TypedConstant } from './constant-table.ts'
import type { Query, TableExpression } from './syntax-tree.ts'
import { walkQuery } from './walk.ts'

/** What statements may be about: the views, the database that they lie in, and what is answered without the engine's tables. */
export interface SqlCatalog {
  readonly database: string
  readonly views: ReadonlyMap<string, ReadableView>
  /** Tables of constants, by `database.name`. */
  readonly constants: ReadonlyMap<string, ConstantTable>
  /** The database in which names stand that name none: the views' own, or one of constants. */
  readonly currentDatabase: string
  /** Functions without arguments that are answered with a constant, such as `version()`; by their names in lower case. */
  readonly words: ReadonlyMap<string, TypedConstant>
}

/** The catalog of statements that ask the views, and nothing else. */
export function viewsAlone(database: string, views: SqlCatalog['views']): SqlCatalog {
  return { database, views, constants: new Map(), currentDatabase: database, words: new Map() }
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
    select: ({ items, arrayJoin }) => {
      for (const { alias, expression } of [...items, ...(arrayJoin?.items ?? [])]) {
        if (alias !== null) values.add(alias)
        // What a sub-select calls a column by itself: its own words.
        else if (expression.kind === 'call') values.add(expression.name)
      }
    },
    table: (table) => {
      if (table.alias !== null) tableAliases.add(table.alias)
      for (const name of columnsOf(table)) values.add(name)
    },
    expression: (expression) => {
      if (expression.kind === 'lambda') for (const name of expression.names) values.add(name)
    },
  })
  return { tables, values, tableAliases }
}

/** Columns of what is made in the statement itself. */
function columnsOf(table: TableExpression): string[] {
  if (table.kind === 'numbers') return ['number']
  if (table.kind !== 'values') return []
  if (table.columns !== null) return table.columns.map(({ name }) => name)
  const [first] = table.rows
  const count = first?.kind === 'tuple' ? first.items.length : 1
  return Array.from({ length: count }, (_, place) => `c${place + 1}`)
}

interface NamedTable {
  readonly database: string | null
  readonly name: string
}

/** The view that a table's name means, or null. */
export function viewOf({ database, currentDatabase, views }: SqlCatalog, table: NamedTable): ReadableView | null {
  return (table.database ?? currentDatabase) === database ? (views.get(table.name) ?? null) : null
}

/** The table of constants that a table's name means, or null. */
export function constantsOf({ currentDatabase, constants }: SqlCatalog, table: NamedTable): ConstantTable | null {
  return constants.get(`${table.database ?? currentDatabase}.${table.name}`) ?? null
}
