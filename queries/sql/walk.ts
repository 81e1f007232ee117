import type { Expression, InSet, Query, QueryBody, Select, TableExpression, TypeName, Window } from './syntax-tree.ts'

/** Hears of each node of a statement, a node before what it holds. */
export interface Visitor {
  readonly query?: (query: Query) => void
  readonly select?: (select: Select) => void
  readonly table?: (table: TableExpression) => void
  readonly expression?: (expression: Expression) => void
  readonly type?: (type: TypeName) => void
}

export function walkQuery(query: Query, visitor: Visitor): void {
  visitor.query?.(query)
  for (const item of query.with) {
    if (item.kind === 'table') walkQuery(item.query, visitor)
    else walkExpression(item.expression, visitor)
  }
  walkBody(query.body, visitor)
}

function walkBody(body: QueryBody, visitor: Visitor): void {
  switch (body.kind) {
    case 'select':
      return walkSelect(body, visitor)
    case 'union':
      walkBody(body.left, visitor)
      return walkBody(body.right, visitor)
    case 'nested':
      return walkQuery(body.query, visitor)
  }
}

function walkSelect(select: Select, visitor: Visitor): void {
  visitor.select?.(select)
  if (select.from !== null) walkTable(select.from, visitor)
  for (const { table } of select.joins) walkTable(table, visitor)
  for (const expression of expressionsOf(select)) walkExpression(expression, visitor)
}

/** The expressions that stand in a SELECT itself. */
function expressionsOf(select: Select): Expression[] {
  const { limitBy } = select
  return [
    ...select.items.map(({ expression }) => expression),
    ...select.joins.flatMap(({ on, using }) => [...given(on), ...using]),
    ...(select.arrayJoin?.items ?? []).map(({ expression }) => expression),
    ...given(select.where),
    ...(select.groupBy?.items ?? []),
    ...given(select.having),
    ...select.windows.flatMap(({ window }) => expressionsOfWindow(window)),
    ...given(select.qualify),
    ...select.orderBy.map(({ expression }) => expression),
    ...(limitBy === null ? [] : [limitBy.limit, ...given(limitBy.offset), ...limitBy.by]),
    ...given(select.limit),
    ...given(select.offset),
  ]
}

function walkTable(table: TableExpression, visitor: Visitor): void {
  visitor.table?.(table)
  if (table.kind === 'derived') walkQuery(table.query, visitor)
  if (table.kind === 'numbers') for (const each of table.arguments) walkExpression(each, visitor)
  if (table.kind !== 'values') return
  for (const { type } of table.columns ?? []) visitor.type?.(type)
  for (const each of table.rows) walkExpression(each, visitor)
}

export function walkExpression(expression: Expression, visitor: Visitor): void {
  visitor.expression?.(expression)
  for (const each of expressionsIn(expression)) walkExpression(each, visitor)
  if (expression.kind === 'cast' || expression.kind === 'parameter') visitor.type?.(expression.type)
  if (expression.kind === 'subquery' || expression.kind === 'exists') walkQuery(expression.query, visitor)
  if (expression.kind === 'in') walkSet(expression.set, visitor)
}

function walkSet(set: InSet, visitor: Visitor): void {
  if (set.kind === 'query') walkQuery(set.query, visitor)
  if (set.kind === 'table') visitor.table?.(set.table)
}

function expressionsIn(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'number':
    case 'string':
    case 'constant':
    case 'parameter':
    case 'name':
    case 'all':
    case 'subquery':
    case 'exists':
      return []
    case 'call':
      return [...(expression.parameters ?? []), ...expression.arguments, ...expressionsOfWindow(expression.over)]
    case 'unary':
    case 'is-null':
    case 'cast':
    case 'member':
      return [expression.operand]
    case 'binary':
      return [expression.left, expression.right]
    case 'chain':
      return expression.operands
    case 'in':
      return [expression.operand, ...inSet(expression.set)]
    case 'between':
      return [expression.operand, expression.low, expression.high]
    case 'case':
      return [
        ...given(expression.operand),
        ...expression.branches.flatMap(({ when, result }) => [when, result]),
        ...given(expression.otherwise),
      ]
    case 'lambda':
      return [expression.body]
    case 'array':
    case 'tuple':
      return expression.items
    case 'subscript':
      return [expression.operand, expression.index]
    case 'interval':
      return [expression.amount]
  }
}

function inSet(set: InSet): readonly Expression[] {
  if (set.kind === 'list') return set.items
  return set.kind === 'parameter' ? [set] : []
}

function expressionsOfWindow(window: Window | string | null): Expression[] {
  if (window === null || typeof window === 'string') return []
  const { partitionBy, orderBy, frame } = window
  const ends = [frame?.from, frame?.to].flatMap((end) =>
    end !== undefined && end !== null && 'amount' in end ? given(end.amount) : [],
  )
  return [...partitionBy, ...orderBy.map(({ expression }) => expression), ...ends]
}

function given(expression: Expression | null): Expression[] {
  return expression === null ? [] : [expression]
}
