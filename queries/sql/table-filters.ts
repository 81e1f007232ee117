import { faultsOf } from './check/validate.ts'
import { ownNames, viewOf, type SqlCatalog } from './names.ts'
import { readTableName } from './read/parse-in.ts'
import { readTextMap } from './read/parse-tail.ts'
import { parseStatement, readerOf } from './read/parse.ts'
import { SqlRefused } from './sql-fault.ts'
import type { Expression, Query } from './syntax-tree.ts'
import type { TokenReader } from './read/token-reader.ts'
import { walkExpression } from './walk.ts'

/** Conditions that rows of views have to meet wherever a statement reads them, by the names of the views. */
export type TableFilters = ReadonlyMap<string, Expression>

/** The setting by which clients say such conditions. */
export const TABLE_FILTERS = 'additional_table_filters'

/**
 * The filters in a map of texts: `{'outcomes' : 'passed'}`. What stands there is checked as if it stood behind WHERE; it can only leave out
 * more of what the caller may see. Throws `SqlRefused`.
 */
export function readTableFilters(
  value: string | ReadonlyMap<string, string>,
  at: number,
  catalog: SqlCatalog,
): TableFilters {
  const pairs = typeof value === 'string' ? within(at, value, readTextMap) : value
  return new Map(Array.from(pairs, ([table, condition]) => readFilter(table, condition, at, catalog)))
}

function readFilter(table: string, condition: string, at: number, catalog: SqlCatalog): [string, Expression] {
  const view = viewOf(catalog, within(at, table, readTableName))
  if (view === null) throw wrong(at, 'unknown_view', `${JSON.stringify(table.slice(0, 80))} is no view`)
  const where = within(at, condition, (reader) => reader.expression())
  // A filter that reads views would be filtered itself, and so on.
  const refuse = (): never => {
    throw wrong(at, 'not_supported', 'a filter has neither sub-selects nor parameters')
  }
  walkExpression(where, {
    query: refuse,
    table: refuse,
    expression: ({ kind }) => {
      if (kind === 'parameter') refuse()
    },
  })
  const query = filteredBy(view.name, where)
  const [fault] = faultsOf(query, { ...catalog, currentDatabase: catalog.database }, ownNames(query), new Map())
  if (fault !== undefined) throw wrong(at, fault.code, fault.message)
  return [view.name, where]
}

function filteredBy(view: string, where: Expression): Query {
  const query = parseStatement(`SELECT 1 FROM \`${view}\``)
  if (query.body.kind !== 'select') throw new TypeError('a SELECT is no SELECT')
  return { ...query, body: { ...query.body, where } }
}

/** Reads a text within the statement; faults stand where that does. */
function within<Result>(at: number, text: string, read: (reader: TokenReader) => Result): Result {
  try {
    const reader = readerOf(text)
    const result = read(reader)
    if (reader.token.kind !== 'end') throw reader.unexpected('the end')
    return result
  } catch (error) {
    if (error instanceof SqlRefused) throw wrong(at, error.fault.code, error.fault.message)
    throw error
  }
}

function wrong(at: number, code: SqlRefused['fault']['code'], message: string): SqlRefused {
  return new SqlRefused(code, `in ${TABLE_FILTERS}: ${message}`, at)
}
