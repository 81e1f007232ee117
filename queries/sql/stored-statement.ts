import { analystStatement, orRefused, type RefusedStatement } from './analyst-statement.ts'
import { typeText } from './check/allowed-types.ts'
import type { SqlCatalog } from './names.ts'
import type { ParameterValue } from './parameter-values.ts'
import { parseStatement } from './read/parse.ts'
import { SqlRefused } from './sql-fault.ts'
import type { Parameter, TypeName } from './syntax-tree.ts'
import { walkQuery } from './walk.ts'

/** A parameter of a statement, as whoever asks it has to give it. */
export interface StatementParameter {
  readonly name: string
  /** ClickHouse's. */
  readonly type: string
}

export type StoredStatement =
  { readonly kind: 'statement'; readonly parameters: readonly StatementParameter[] } | RefusedStatement

/** What is to be known of a statement before anybody gives values for its parameters: which there are, or all that is wrong. Pure. */
export function storedStatement(text: string, catalog: SqlCatalog): StoredStatement {
  return orRefused(() => {
    const parameters = parametersOf(text)
    const values = new Map(parameters.map(({ name, type }) => [name, anyValueOf(type)]))
    const whole = analystStatement({ text, tenant: { kind: 'none' }, parameters: values }, catalog)
    if (whole.kind === 'refused') return whole
    return { kind: 'statement', parameters: parameters.map(({ name, type }) => ({ name, type: typeText(type) })) }
  })
}

/** In the order of the text, each once. Error: `SqlRefused`, also where one name has two types: no value could be right for both. */
function parametersOf(text: string): Parameter[] {
  const found = new Map<string, Parameter>()
  walkQuery(parseStatement(text), {
    expression: (expression) => {
      if (expression.kind !== 'parameter') return
      const { name, type, at } = expression
      const known = found.get(name)
      if (known === undefined) found.set(name, expression)
      else if (typeText(known.type) !== typeText(type))
        throw new SqlRefused('parameter', `the parameter ${JSON.stringify(name.slice(0, 80))} has two types`, at)
    },
  })
  return [...found.values()].toSorted((a, b) => a.at - b.at)
}

/** A value that a parameter of the type may have. */
function anyValueOf({ name, arguments: args }: TypeName): ParameterValue {
  if (name === 'Nullable') return null
  if (name === 'Array') return []
  const inner = args.find((each): each is TypeName => 'name' in each)
  if (name === 'LowCardinality' && inner !== undefined) return anyValueOf(inner)
  return /^(?:U?Int\d+|Float|Decimal|Bool)/.test(name) ? '0' : ''
}
