import { checkCall } from './validate-call.ts'
import { checkColumn } from './validate-name.ts'
import { wrongType } from './allowed-types.ts'
import { constantsOf, viewOf, type OwnNames, type SqlCatalog } from '../names.ts'
import { parameterFault, type ParameterValues } from '../parameter-values.ts'
import type { SqlFault, SqlFaultCode } from '../sql-fault.ts'
import type { Expression, Query, TableExpression } from '../syntax-tree.ts'
import { walkExpression, walkQuery } from '../walk.ts'

/** Rows that `numbers(…)` may make. */
const MAX_NUMBERS = 10_000_000n
/** Views that a statement may name, each of which is printed with all its columns. */
const MAX_TABLES = 40
/** How the names begin that are printed within and around views, and around the whole: nothing of a caller's is called so. */
const OWN_PREFIX = 'own:'
/** What stands in rows of `values(…)`. */
const PLAIN: ReadonlySet<Expression['kind']> = new Set([
  'number',
  'string',
  'constant',
  'parameter',
  'tuple',
  'array',
  'cast',
  'unary',
])
/** Faults that are told at once. */
const MAX_FAULTS = 20

/** Tells a fault of a statement, at a place in it. */
export type TellFault = (code: SqlFaultCode, message: string, at: number) => void

/** Everything that is wrong with a statement beside its syntax: whatever is not known to be harmless. In the order of the text. */
export function faultsOf(query: Query, catalog: SqlCatalog, own: OwnNames, values: ParameterValues): SqlFault[] {
  const faults: SqlFault[] = []
  const tell: TellFault = (code, message, at) => void faults.push({ code, message, at })
  const stars = allowedStars(query)
  let tables = 0
  walkQuery(query, {
    query: ({ with: items }) => {
      for (const { kind, name, at } of items) {
        if (kind === 'table' && catalog.views.has(name))
          tell('not_supported', `${quoted(name)} is a view: give it another name`, at)
      }
    },
    select: ({ limit, offset, limitBy }) => {
      for (const each of [limit, offset, limitBy?.limit, limitBy?.offset]) {
        if (each !== null && each !== undefined && !isCount(each))
          tell('syntax', 'LIMIT and OFFSET take a whole number, or a parameter', each.at)
      }
    },
    table: (table) => {
      if (++tables === MAX_TABLES + 1) tell('too_large', `more than ${MAX_TABLES} views and sub-selects`, table.at)
      checkTable(table, catalog, own, tell)
    },
    type: (type) => {
      const wrong = wrongType(type)
      if (wrong !== null) tell('unknown_type', `${quoted(wrong.name)} is no type that may be named here`, wrong.at)
    },
    expression: (expression) => {
      if (expression.kind === 'all' && !stars.has(expression))
        tell('syntax', '`*` stands in a list of columns, or in count(*)', expression.at)
      if (expression.kind === 'call') checkCall(expression, catalog.words, tell)
      if (expression.kind === 'name') checkColumn(expression, catalog, own, tell)
      if (expression.kind === 'parameter') {
        const message = parameterFault(expression, values)
        if (message !== null) tell('parameter', message, expression.at)
      }
      if (expression.kind === 'in' && expression.set.kind === 'list') checkConstant(expression.set.items, tell)
    },
  })
  for (const name of [...own.tables, ...own.values, ...own.tableAliases]) {
    if (name.startsWith(OWN_PREFIX)) tell('not_supported', `${quoted(name)} is a name of the server's own`, query.at)
  }
  return faults.toSorted((a, b) => a.at - b.at).slice(0, MAX_FAULTS)
}

function allowedStars(query: Query): ReadonlySet<Expression> {
  const stars = new Set<Expression>()
  walkQuery(query, {
    select: ({ items }) => {
      for (const { expression } of items) stars.add(expression)
    },
    expression: (expression) => {
      if (expression.kind === 'call' && expression.name.toLowerCase() === 'count' && expression.arguments.length === 1)
        stars.add(expression.arguments[0]!)
    },
  })
  return stars
}

function checkTable(table: TableExpression, catalog: SqlCatalog, own: OwnNames, tell: TellFault): void {
  if (table.kind === 'numbers') return checkNumbers(table.arguments, table.at, tell)
  if (table.kind === 'values') return checkRows(table.rows, tell)
  if (table.kind !== 'table') return
  const isOwn = table.database === null && own.tables.has(table.name)
  if (isOwn || viewOf(catalog, table) !== null || constantsOf(catalog, table) !== null) return
  const name = table.database === null ? table.name : `${table.database}.${table.name}`
  tell('unknown_view', `${quoted(name)} is no view: there are ${[...catalog.views.keys()].join(', ')}`, table.at)
}

function checkNumbers(args: readonly Expression[], at: number, tell: TellFault): void {
  const isRight =
    args.length > 0 && args.length < 3 && args.every((each) => each.kind === 'number' && /^\d{1,20}$/.test(each.text))
  const last = args.at(-1)
  const most = isRight && last?.kind === 'number' ? BigInt(last.text) : null
  if (most === null) tell('syntax', 'numbers(…) takes how many, or from where and how many, as whole numbers', at)
  else if (most > MAX_NUMBERS) tell('too_large', `numbers(…) makes ${MAX_NUMBERS} rows at most`, at)
}

/** Rows of `values(…)` are read before the statement runs, and its limits with it: there is nothing to compute in them. */
function checkRows(rows: readonly Expression[], tell: TellFault): void {
  for (const row of rows) {
    walkExpression(row, {
      expression: ({ kind, at }) => {
        if (!PLAIN.has(kind))
          tell('not_supported', 'values(…) takes numbers, texts, NULL, and tuples and lists of them', at)
      },
    })
  }
}

/** The engine looks up a bare name right of IN as a table, so that only what is no name may stand there. */
function checkConstant(items: readonly Expression[], tell: TellFault): void {
  for (const item of items) {
    walkExpression(item, {
      expression: ({ kind, at }) => {
        if (kind === 'name' || kind === 'subquery' || kind === 'exists' || kind === 'lambda')
          tell('not_supported', 'IN (…) takes values, or one sub-select: for columns write has([a, b], x)', at)
      },
    })
  }
}

function isCount(expression: Expression): boolean {
  return expression.kind === 'parameter' || (expression.kind === 'number' && /^\d{1,18}$/.test(expression.text))
}

export function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 80))
}
