import { allowedFunction, TYPE_IS_LAST } from './allowed-functions.ts'
import { wrongType } from './allowed-types.ts'
import { readType } from '../read/parse-type.ts'
import { SqlRefused, type SqlFaultCode } from '../sql-fault.ts'
import type { SqlCatalog } from '../names.ts'
import type { Call, Expression } from '../syntax-tree.ts'
import { TokenReader } from '../read/token-reader.ts'
import { tokensOf } from '../read/tokens.ts'

type TellFault = (code: SqlFaultCode, message: string, at: number) => void

/** What to write instead of some functions that many know. */
const INSTEAD: Readonly<Record<string, string>> = {
  throwif: 'a statement that fails has no answer',
  file: 'only views are read',
  sleep: 'nothing is answered later than need be',
  version: 'the server says its version in /healthz',
  date_add: 'write x + INTERVAL 1 DAY',
  dateadd: 'write x + INTERVAL 1 DAY',
  date_sub: 'write x - INTERVAL 1 DAY',
  datesub: 'write x - INTERVAL 1 DAY',
  rand: 'filter by cityHash64(event_id) for a stable choice',
  dictget: 'only views are read: join them',
  arrayreduce: 'use arraySum, arrayMax and their like',
}

/** Tells what is wrong with a function: its name, and what only some functions may have. */
export function checkCall(call: Call, words: SqlCatalog['words'], tell: TellFault): void {
  if (isWord(call, words)) return
  const allowed = allowedFunction(call.name)
  if (allowed === null) {
    const hint = insteadOf(call.name) ?? 'docs/sql.md lists those that may'
    tell('unknown_function', `the function ${JSON.stringify(call.name.slice(0, 80))} may not be used: ${hint}`, call.at)
    return
  }
  const { kind, name } = allowed
  if (kind !== 'aggregate' && call.parameters !== null) tell('syntax', `${name} takes one pair of brackets`, call.at)
  if (kind !== 'aggregate' && call.isDistinct) tell('syntax', `${name} takes no DISTINCT`, call.at)
  if (kind === 'scalar' && call.over !== null) tell('syntax', `${name} takes no OVER`, call.at)
  if (kind === 'window' && call.over === null) tell('syntax', `${name} needs OVER (…)`, call.at)
  for (const each of call.parameters ?? []) {
    if (!isLiteral(each)) tell('syntax', 'what stands in the first brackets of two is a number or a text', each.at)
  }
  if (TYPE_IS_LAST.has(name)) checkTypeArgument(call, tell)
}

/** Whether it is a function that is answered with a constant of ours. */
export function isWord(
  { name, parameters, arguments: args, over, isDistinct }: Call,
  words: SqlCatalog['words'],
): boolean {
  return args.length === 0 && parameters === null && over === null && !isDistinct && words.has(name.toLowerCase())
}

function isLiteral(expression: Expression): boolean {
  if (expression.kind === 'tuple' || expression.kind === 'array') return expression.items.every(isLiteral)
  return expression.kind === 'number' || expression.kind === 'string' || expression.kind === 'parameter'
}

function checkTypeArgument({ name, arguments: args, at }: Call, tell: TellFault): void {
  const last = args.at(-1)
  if (last?.kind !== 'string')
    return tell('syntax', `the last argument of ${name} is a type as a text, such as 'UInt64'`, at)
  if (!isAllowedType(last.text))
    tell('unknown_type', `${JSON.stringify(last.text.slice(0, 80))} is no type that may be named here`, last.at)
}

function isAllowedType(text: string): boolean {
  const noExpression = (): never => {
    throw new SqlRefused('unknown_type', 'no expression', 0)
  }
  try {
    const reader = new TokenReader(tokensOf(text), { query: noExpression, expression: noExpression })
    return wrongType(readType(reader)) === null && reader.token.kind === 'end'
  } catch (error) {
    if (error instanceof SqlRefused) return false
    throw error
  }
}

function insteadOf(name: string): string | undefined {
  const lower = name.toLowerCase()
  return Object.hasOwn(INSTEAD, lower) ? INSTEAD[lower] : undefined
}
