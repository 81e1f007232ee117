import { quoteIdentifier, quoteText } from '../../../base/quote-sql.ts'
import type { ForeignTenant } from '../../../projections/read-model-store.ts'
import { questionSelect } from '../../../projections/views/question-views/question-view.ts'
import { readableViews, type ReadableView } from '../../../projections/views/readable-views.ts'

export type SqlTenant = ForeignTenant

/**
 * A wall: the engine moves no condition, expression or grouping of the caller below a LIMIT, so that none meets a row that the filter
 * leaves out, be it in PREWHERE, in the primary key, in an index or in a roll-up. It never cuts: it is the largest number that LIMIT takes.
 */
const WALL = 'LIMIT 9223372036854775807'

/**
 * What the view is called within its brackets, by which every column there is named: nothing of a caller's may be called so, and so nothing, such
 * as a value of WITH, can stand in a column's place.
 */
export const ROWS_NAME = 'own:rows'
const ROWS = `\`${ROWS_NAME}\``

/** A condition that cannot fail on any row, about a column of a view, as it is said within the view's brackets. */
export interface RowCondition {
  readonly column: string
  readonly sql: string
}

/** What of a caller's statement may stand within a view's brackets. */
export interface WithinView {
  /** Those that cannot fail on any row: beside the filter the table's order serves them. */
  readonly conditions: readonly RowCondition[]
  /** `ORDER BY … LIMIT n` of columns of the table, where no other rows are needed: it is a wall like any LIMIT. Null where all may be. */
  readonly first: string | null
}
export const NOTHING_WITHIN: WithinView = { conditions: [], first: null }

/**
 * A view as a table in brackets that holds a tenant's rows alone.
 *
 * A view that puts rows of several views together is printed as what it is made of, and each of those holds the tenant's rows alone: no join,
 * window or grouping of it ever meets another's. It need not be in the database yet.
 */
export function tenantView(database: string, view: ReadableView, tenant: SqlTenant, within: WithinView): string {
  const { question } = view
  if (question === undefined) return rowsOf(database, view, tenant, within)
  const source = (name: string): string => {
    const narrowedBy = question.narrowedBy[name] ?? []
    const conditions = within.conditions.filter(({ column }) => narrowedBy.includes(column))
    return rowsOf(database, readableViews.get(name)!, tenant, { conditions, first: null })
  }
  return `(${questionSelect(question, source)})`
}

function rowsOf(database: string, view: ReadableView, tenant: SqlTenant, { conditions, first }: WithinView): string {
  const { name, columns } = view
  const shown = columns.map(
    (column) =>
      `${tenant.kind === 'all' ? `${ROWS}.${quoteIdentifier(column)}` : plain(view, column)} AS ${quoteIdentifier(column)}`,
  )
  const select = `SELECT ${shown.join(', ')} FROM ${quoteIdentifier(database)}.${quoteIdentifier(name)} AS ${ROWS}`
  switch (tenant.kind) {
    case 'all':
      return `(${select})`
    case 'none':
      return `(${select} WHERE false ${WALL})`
    case 'one': {
      const filter = [`${ROWS}.\`tenant_id\` = ${quoteText(tenant.tenant)}`, ...conditions.map(({ sql }) => sql)].join(
        ' AND ',
      )
      return `(${select} WHERE ${filter} ${first ?? WALL})`
    }
  }
}

/**
 * A column as it is behind the wall: each value by itself. A function of a column with a dictionary is computed for all texts of that, among
 * which are those of rows that the filter left out, and may fail on them; a sparse column would tell how many rows of all hold a default.
 */
function plain({ dictionaries }: ReadableView, column: string): string {
  const whole = `${ROWS}.${quoteIdentifier(column)}`
  return dictionaries.has(column) ? `CAST(${whole}, 'String')` : `materialize(${whole})`
}
