import type { ReadableView } from '../../../projections/views/readable-views.ts'
import { allowedFunction } from '../check/allowed-functions.ts'
import { isTextParameter } from '../parameter-values.ts'
import type { Expression, Select } from '../syntax-tree.ts'
import { ROWS_NAME } from './tenant-view.ts'

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<', '<=', '>', '>='])

/** What makes an instant, or a day, of constants: seconds at most, so that no instant of the table is out of its reach. */
const OF_SECONDS: ReadonlySet<string> = new Set(
  (
    'now today yesterday toDate toDateTime parseDateTimeBestEffort toMonday toStartOfYear toStartOfQuarter toStartOfMonth toStartOfWeek toStartOfDay ' +
    'toStartOfHour toStartOfMinute addSeconds addMinutes addHours addDays addWeeks addMonths subtractSeconds subtractMinutes subtractHours ' +
    'subtractDays subtractWeeks subtractMonths'
  ).split(' '),
)
/** As finely as the table has its instants: to widen others to that could overflow, for whichever rows are there. */
const OF_NANOSECONDS: ReadonlySet<string> = new Set(['parseDateTime64BestEffort', 'toDateTime64'])
const NANOSECONDS = '9'

/** A condition that cannot fail on any row, and the view's column that it is about. */
export interface SafeCondition {
  readonly column: string
  readonly expression: Expression
}

/**
 * Tells which of the view's columns an expression is, in a SELECT that reads the view alone; null where it is none. `shadowed` are names that
 * mean something else.
 */
export function columnIn(
  select: Select,
  columns: ReadonlySet<string>,
  shadowed: ReadonlySet<string>,
): (expression: Expression) => string | null {
  const table = select.from?.kind === 'table' ? (select.from.alias ?? select.from.name) : null
  return (expression) => {
    if (expression.kind !== 'name') return null
    const { parts } = expression
    const name = parts.at(-1)!
    const isOfTable = parts.length === 1 || (parts.length === 2 && parts[0] === table)
    return isOfTable && columns.has(name) && !shadowed.has(name) ? name : null
  }
}

/** The conditions all of which a row has to meet. */
export function conditionsOf({ where }: Select): readonly Expression[] {
  if (where === null) return []
  return where.kind === 'chain' && where.operator === 'AND' ? where.operands : [where]
}

/**
 * Those of a statement's conditions that compare a column of texts, words or instants with constants: they cannot fail on any row, so
 * that they may be asked of rows that the caller must not see. `shadowed` are names that mean something else than the view's column.
 */
export function safeConditions(select: Select, view: ReadableView, shadowed: ReadonlySet<string>): SafeCondition[] {
  if (select.joins.length > 0 || select.arrayJoin !== null) return []
  const columnOf = columnIn(select, view.comparable, shadowed)
  const compared = (operand: Expression, ...constants: readonly Expression[]): string | null => {
    const column = columnOf(operand)
    const isInstant = column !== null && view.instants.has(column)
    return constants.every((each) => isText(each) || (isInstant && isConstantInstant(each))) ? column : null
  }
  return conditionsOf(select).flatMap((expression) => {
    const column = comparedColumn(expression, compared)
    return column === null ? [] : [{ column, expression }]
  })
}

/** The column that a condition compares with constants, if that is what it does. */
function comparedColumn(
  condition: Expression,
  compared: (operand: Expression, ...constants: readonly Expression[]) => string | null,
): string | null {
  if (condition.kind === 'between')
    return condition.isNot ? null : compared(condition.operand, condition.low, condition.high)
  if (condition.kind === 'in') {
    const { operand, set } = condition
    return set.kind === 'list' && set.items.every(isText) ? compared(operand) : null
  }
  if (condition.kind !== 'binary' || !COMPARISONS.has(condition.operator)) return null
  const { left, right } = condition
  return compared(left, right) ?? compared(right, left)
}

/** An expression as it is said within the view's own brackets. */
export function ofRows(expression: Expression): Expression {
  if (expression.kind === 'name') return { ...expression, parts: [ROWS_NAME, expression.parts.at(-1)!] }
  if (expression.kind === 'binary') {
    return { ...expression, left: ofRows(expression.left), right: ofRows(expression.right) }
  }
  return expression.kind === 'between' || expression.kind === 'in'
    ? { ...expression, operand: ofRows(expression.operand) }
    : expression
}

function isText(expression: Expression): boolean {
  return expression.kind === 'string' || (expression.kind === 'parameter' && isTextParameter(expression))
}

/** Whether the engine knows the instant before it looks at any row. */
function isConstantInstant(expression: Expression): boolean {
  if (expression.kind === 'binary') {
    const { operator, left, right } = expression
    const isStep = right.kind === 'interval' && right.amount.kind === 'number'
    return (operator === '+' || operator === '-') && isStep && isConstantInstant(left)
  }
  if (expression.kind !== 'call' || expression.parameters !== null || expression.over !== null) return false
  const name = allowedFunction(expression.name)?.name ?? ''
  const [of, precision] = expression.arguments
  if (OF_NANOSECONDS.has(name))
    return (
      of !== undefined &&
      isText(of) &&
      precision?.kind === 'number' &&
      precision.text === NANOSECONDS &&
      expression.arguments.slice(2).every(isText)
    )
  const isConstant = (each: Expression): boolean => isText(each) || each.kind === 'number' || isConstantInstant(each)
  return OF_SECONDS.has(name) && expression.arguments.every(isConstant)
}
