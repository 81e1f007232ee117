import { quoteText } from '../../base/quote-sql.ts'
import { typeText } from './check/allowed-types.ts'
import type { Parameter, TypeName } from './syntax-tree.ts'

export type ParameterValue = string | number | boolean | null | readonly ParameterValue[]

/** By the names of parameters: `{name:Type}`. */
export type ParameterValues = ReadonlyMap<string, ParameterValue>

/** What is wrong with a parameter's value, or null. */
export function parameterFault({ name, type }: Parameter, values: ParameterValues): string | null {
  if (!values.has(name)) return `the parameter ${JSON.stringify(name.slice(0, 80))} is not given`
  const value = values.get(name)!
  const wrong = faultOfValue(type, value)
  return wrong === null ? null : `the parameter ${JSON.stringify(name.slice(0, 80))} ${wrong}`
}

const INTEGER = /^-?\d{1,78}$/
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?$/

function faultOfValue(type: TypeName, value: ParameterValue): string | null {
  const { name } = type
  const inner = type.arguments.find((each): each is TypeName => 'name' in each)
  if (name === 'Nullable' || name === 'LowCardinality') {
    if (value === null) return name === 'Nullable' ? null : 'cannot be null'
    return inner === undefined ? null : faultOfValue(inner, value)
  }
  if (value === null) return 'cannot be null: its type is not Nullable'
  if (Array.isArray(value)) {
    if (name !== 'Array') return `cannot be a list: its type is ${typeText(type)}`
    const wrong = value
      .map((each) => (inner === undefined ? null : faultOfValue(inner, each)))
      .find((each) => each !== null)
    return wrong === undefined ? null : `has an item that ${wrong}`
  }
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    return 'is a number beyond 2^53: send it as a text'
  const text = String(value)
  if (/^U?Int\d+$/.test(name)) return INTEGER.test(text) ? null : 'must be a whole number'
  if (/^(?:Float|Decimal)/.test(name)) return DECIMAL.test(text) ? null : 'must be a number'
  if (name === 'Bool') return /^(?:true|false|0|1)$/.test(text) ? null : 'must be true or false'
  return null
}

/** A parameter as SQL: its value as a literal, of its type. */
export function parameterSql({ name, type }: Parameter, values: ParameterValues): string {
  const value = values.get(name) ?? null
  if (value === null) return `CAST(NULL, ${quoteText(typeText(type))})`
  if (type.name === 'String' && typeof value === 'string') return quoteText(value)
  const text = Array.isArray(value) ? listText(value) : String(value)
  return `CAST(${quoteText(text)}, ${quoteText(typeText(type))})`
}

/** Whether the value is a text and means one: what that is compared with cannot fail on it. */
export function isTextParameter({ type }: Parameter): boolean {
  return type.name === 'String'
}

function listText(values: readonly ParameterValue[]): string {
  return `[${values.map(itemText).join(',')}]`
}

function itemText(value: ParameterValue): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return quoteText(value)
  return Array.isArray(value) ? listText(value) : String(value)
}
