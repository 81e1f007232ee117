import type { ReadableView } from '../../../projections/views/readable-views.ts'
import { isTextParameter } from '../parameter-values.ts'
import type { Expression, Select } from '../syntax-tree.ts'

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<', '<=', '>', '>='])

/**
 * Those of a statement's conditions that compare a column of texts, words or instants with a text: they cannot fail on any row, so that
 * they may be asked of rows that the caller must not see. `shadowed` are names that mean something else than the view's column.
 */
export function safeConditions(select: Select, view: ReadableView, shadowed: ReadonlySet<string>): Expression[] {
  if (select.where === null || select.joins.length > 0 || select.arrayJoin !== null) return []
  const { where } = select
  const all = where.kind === 'chain' && where.operator === 'AND' ? where.operands : [where]
  const table = select.from?.kind === 'table' ? (select.from.alias ?? select.from.name) : null
  const isColumn = (expression: Expression): boolean => {
    if (expression.kind !== 'name') return false
    const { parts } = expression
    const name = parts.at(-1)!
    const isOfTable = parts.length === 1 || (parts.length === 2 && parts[0] === table)
    return isOfTable && view.comparable.has(name) && !shadowed.has(name)
  }
  return all.filter((condition) => {
    if (condition.kind === 'between')
      return !condition.isNot && isColumn(condition.operand) && isText(condition.low) && isText(condition.high)
    if (condition.kind !== 'binary' || !COMPARISONS.has(condition.operator)) return false
    const { left, right } = condition
    return (isColumn(left) && isText(right)) || (isText(left) && isColumn(right))
  })
}

function isText(expression: Expression): boolean {
  return expression.kind === 'string' || (expression.kind === 'parameter' && isTextParameter(expression))
}
