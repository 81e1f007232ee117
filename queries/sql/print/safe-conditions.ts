import type { ReadableView } from '../../../projections/views/readable-views.ts'
import { isTextParameter } from '../parameter-values.ts'
import type { Expression, Select } from '../syntax-tree.ts'

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<', '<=', '>', '>='])

/** A condition that cannot fail on any row, and the view's column that it is about. */
export interface SafeCondition {
  readonly column: string
  readonly expression: Expression
}

/**
 * Those of a statement's conditions that compare a column of texts, words or instants with a text: they cannot fail on any row, so that
 * they may be asked of rows that the caller must not see. `shadowed` are names that mean something else than the view's column.
 */
export function safeConditions(select: Select, view: ReadableView, shadowed: ReadonlySet<string>): SafeCondition[] {
  if (select.where === null || select.joins.length > 0 || select.arrayJoin !== null) return []
  const { where } = select
  const all = where.kind === 'chain' && where.operator === 'AND' ? where.operands : [where]
  const table = select.from?.kind === 'table' ? (select.from.alias ?? select.from.name) : null
  const columnOf = (expression: Expression): string | null => {
    if (expression.kind !== 'name') return null
    const { parts } = expression
    const name = parts.at(-1)!
    const isOfTable = parts.length === 1 || (parts.length === 2 && parts[0] === table)
    return isOfTable && view.comparable.has(name) && !shadowed.has(name) ? name : null
  }
  return all.flatMap((expression) => {
    const column = comparedColumn(expression, columnOf)
    return column === null ? [] : [{ column, expression }]
  })
}

/** The column that a condition compares with a text, if that is what it does. */
function comparedColumn(condition: Expression, columnOf: (expression: Expression) => string | null): string | null {
  if (condition.kind === 'between')
    return !condition.isNot && isText(condition.low) && isText(condition.high) ? columnOf(condition.operand) : null
  if (condition.kind !== 'binary' || !COMPARISONS.has(condition.operator)) return null
  const { left, right } = condition
  if (isText(right)) return columnOf(left)
  return isText(left) ? columnOf(right) : null
}

function isText(expression: Expression): boolean {
  return expression.kind === 'string' || (expression.kind === 'parameter' && isTextParameter(expression))
}
