import type { ReadableView } from '../../../projections/views/readable-views.ts'
import { allowedFunction } from '../check/allowed-functions.ts'
import type { Expression, OrderItem, Select } from '../syntax-tree.ts'
import { walkExpression } from '../walk.ts'
import { columnIn, conditionsOf, safeConditions } from './safe-conditions.ts'

/** The first rows of a view, in an order. */
export interface EarlyLimit {
  readonly orderBy: readonly OrderItem[]
  readonly rows: bigint
}

/**
 * Where the rows of an answer are the first ones of the view by columns of the table, so many rows are all that the statement has to see: then
 * the table's own order finds them. Null where anything else decides which rows are answered. `shadowed` as in `safeConditions`.
 */
export function earlyLimit(select: Select, view: ReadableView, shadowed: ReadonlySet<string>): EarlyLimit | null {
  const { limit, offset, orderBy } = select
  const isPlain =
    !select.isDistinct &&
    select.joins.length === 0 &&
    select.arrayJoin === null &&
    select.groupBy === null &&
    select.having === null &&
    select.windows.length === 0 &&
    select.qualify === null &&
    select.limitBy === null
  // Rows of views of several events are made behind the wall.
  if (
    view.question !== undefined ||
    !isPlain ||
    limit?.kind !== 'number' ||
    (offset !== null && offset.kind !== 'number')
  )
    return null
  if (safeConditions(select, view, shadowed).length < conditionsOf(select).length) return null
  const columnOf = columnIn(select, view.own, shadowed)
  if (!orderBy.every(({ expression }) => columnOf(expression) !== null)) return null
  if (!select.items.every(({ expression }) => isOfItsRow(expression))) return null
  return { orderBy, rows: BigInt(limit.text) + BigInt(offset?.text ?? 0) }
}

/** Whether an expression makes one value of one row. */
function isOfItsRow(expression: Expression): boolean {
  let isOf = true
  walkExpression(expression, {
    expression: (each) => {
      if (each.kind === 'subquery' || each.kind === 'exists') isOf = false
      if (each.kind !== 'call') return
      const allowed = allowedFunction(each.name)
      if (allowed?.kind !== 'scalar' || allowed.name === 'arrayJoin') isOf = false
    },
  })
  return isOf
}
