import { quoteText } from '../../../base/quote-sql.ts'
import { allowedFunction } from '../check/allowed-functions.ts'
import { isWord } from '../check/validate-call.ts'
import type { SqlCatalog } from '../names.ts'
import { typedConstantSql } from './constant-sql.ts'
import { typeText } from '../check/allowed-types.ts'
import { parameterSql, type ParameterValues } from '../parameter-values.ts'
import { quoteName } from './quote-name.ts'
import type {
  Call,
  Expression,
  FrameEnd,
  InSet,
  OrderItem,
  Query,
  TableName,
  TypeName,
  Window,
} from '../syntax-tree.ts'

/** What printing an expression needs of printing a statement. */
export interface PrintScope {
  readonly parameters: ParameterValues
  readonly words: SqlCatalog['words']
  /** What a database and a table are called in print, where both stand before a column. */
  readonly aliasOf: (database: string, table: string) => string | null
  readonly query: (query: Query) => string
  /** A view, or a table of WITH, as something that stands behind FROM; without an alias. */
  readonly table: (table: TableName) => string
}

/**
 * An expression as SQL, of the tree alone: names in back-ticks, texts escaped, every operator in brackets, so that the engine can read it in
 * one way only.
 */
export function printExpression(expression: Expression, scope: PrintScope): string {
  const print = (each: Expression): string => printExpression(each, scope)
  switch (expression.kind) {
    case 'number':
      return expression.text.replaceAll('_', '').toLowerCase()
    case 'string':
      return quoteText(expression.text)
    case 'constant':
      return expression.word
    case 'parameter':
      return parameterSql(expression, scope.parameters)
    case 'name':
      return printName(expression.parts, scope)
    case 'all':
      return printAll(expression.of, expression.except)
    case 'call':
      return printCall(expression, scope)
    case 'unary':
      return `(${expression.operator} ${print(expression.operand)})`
    case 'binary':
      if (expression.operator === 'REGEXP' || expression.operator === 'NOT REGEXP') {
        const matches = `match(${print(expression.left)}, ${print(expression.right)})`
        return expression.operator === 'REGEXP' ? matches : `(NOT ${matches})`
      }
      return `(${print(expression.left)} ${expression.operator} ${print(expression.right)})`
    case 'chain':
      return `(${expression.operands.map(print).join(` ${expression.operator} `)})`
    case 'in':
      return `(${print(expression.operand)} ${not(expression.isNot)}IN ${printSet(expression.set, scope)})`
    case 'between': {
      const { operand, isNot, low, high } = expression
      return `(${print(operand)} ${not(isNot)}BETWEEN ${print(low)} AND ${print(high)})`
    }
    case 'is-null':
      return `(${print(expression.operand)} IS ${not(expression.isNot)}NULL)`
    case 'case': {
      const { operand, branches, otherwise } = expression
      const parts = branches.map(({ when, result }) => `WHEN ${print(when)} THEN ${print(result)}`)
      const before = operand === null ? '' : ` ${print(operand)}`
      return `(CASE${before} ${parts.join(' ')}${otherwise === null ? '' : ` ELSE ${print(otherwise)}`} END)`
    }
    case 'cast':
      return `CAST(${print(expression.operand)}, ${printType(expression.type)})`
    case 'lambda':
      return `(${expression.names.map(quoteName).join(', ')}) -> ${print(expression.body)}`
    case 'array':
      return `[${expression.items.map(print).join(', ')}]`
    case 'tuple':
      return `tuple(${expression.items.map(print).join(', ')})`
    case 'subscript':
      return `arrayElement(${print(expression.operand)}, ${print(expression.index)})`
    case 'member':
      return `tupleElement(${print(expression.operand)}, ${expression.number})`
    case 'interval':
      return `(INTERVAL ${print(expression.amount)} ${expression.unit})`
    case 'subquery':
      return `(${scope.query(expression.query)})`
    case 'exists':
      return `(EXISTS (${scope.query(expression.query)}))`
  }
}

function printCall(call: Call, scope: PrintScope): string {
  if (isWord(call, scope.words)) return typedConstantSql(scope.words.get(call.name.toLowerCase())!)
  const allowed = allowedFunction(call.name)
  // The validator has looked: nothing else may pass in any case.
  if (allowed === null) throw new TypeError('a function that may not be used')
  const list = (items: readonly Expression[]): string => items.map((each) => printExpression(each, scope)).join(', ')
  const isCountOfAll = call.arguments.length === 1 && call.arguments[0]!.kind === 'all'
  const parameters = call.parameters === null ? '' : `(${list(call.parameters)})`
  const args = isCountOfAll ? '' : list(call.arguments)
  return `${allowed.name}${parameters}(${call.isDistinct ? 'DISTINCT ' : ''}${args})${printOver(call.over, scope)}`
}

function printOver(over: Call['over'], scope: PrintScope): string {
  if (over === null) return ''
  return ` OVER ${typeof over === 'string' ? quoteName(over) : printWindow(over, scope)}`
}

export function printWindow({ base, partitionBy, orderBy, frame }: Window, scope: PrintScope): string {
  const list = (items: readonly Expression[]): string => items.map((each) => printExpression(each, scope)).join(', ')
  const parts = [
    ...(base === null ? [] : [quoteName(base)]),
    ...(partitionBy.length === 0 ? [] : [`PARTITION BY ${list(partitionBy)}`]),
    ...(orderBy.length === 0 ? [] : [`ORDER BY ${printOrder(orderBy, scope)}`]),
  ]
  if (frame !== null) {
    const from = printFrameEnd(frame.from, scope)
    parts.push(`${frame.unit} ${frame.to === null ? from : `BETWEEN ${from} AND ${printFrameEnd(frame.to, scope)}`}`)
  }
  return `(${parts.join(' ')})`
}

function printFrameEnd(end: FrameEnd, scope: PrintScope): string {
  if (end.kind === 'current') return 'CURRENT ROW'
  return `${end.amount === null ? 'UNBOUNDED' : printExpression(end.amount, scope)} ${end.side}`
}

export function printOrder(items: readonly OrderItem[], scope: PrintScope): string {
  return items
    .map(({ expression, isDescending, nulls }) => {
      const printed = `${printExpression(expression, scope)} ${isDescending ? 'DESC' : 'ASC'}`
      return nulls === null ? printed : `${printed} NULLS ${nulls}`
    })
    .join(', ')
}

function printSet(set: InSet, scope: PrintScope): string {
  switch (set.kind) {
    case 'list':
      return `(${set.items.map((each) => printExpression(each, scope)).join(', ')})`
    case 'query':
      return `(${scope.query(set.query)})`
    case 'table':
      return `(SELECT * FROM ${scope.table(set.table)})`
    case 'parameter':
      return parameterSql(set, scope.parameters)
  }
}

function printName(parts: readonly string[], { aliasOf }: PrintScope): string {
  // A table stands in print under its own name, or its alias, without its database.
  const alias = parts.length > 2 ? aliasOf(parts[0]!, parts[1]!) : null
  const shown = alias === null ? parts : [alias, ...parts.slice(2)]
  return shown.map(quoteName).join('.')
}

function printAll(of: string | null, except: readonly string[]): string {
  const all = of === null ? '*' : `${quoteName(of)}.*`
  return except.length === 0 ? all : `${all} EXCEPT (${except.map(quoteName).join(', ')})`
}

function printType(type: TypeName): string {
  return quoteText(typeText(type))
}

function not(isNot: boolean): string {
  return isNot ? 'NOT ' : ''
}
