import type { ParameterValue, ParameterValues } from './parameter-values.ts'
import type { Query, TypeName } from './syntax-tree.ts'
import { walkQuery } from './walk.ts'

/**
 * Values of parameters as clients of ClickHouse send them: texts whose tabs, line feeds and backslashes are escaped, with `\\N` for NULL. Lists
 * and the like are texts of their own, in which texts stand between quotes.
 */
export function clientParameters(query: Query, texts: ReadonlyMap<string, string>): ParameterValues {
  const types = new Map<string, TypeName>()
  walkQuery(query, {
    expression: (expression) => {
      if (expression.kind === 'parameter' && !types.has(expression.name)) types.set(expression.name, expression.type)
    },
  })
  return new Map(Array.from(texts, ([name, text]) => [name, valueOf(text, types.get(name))]))
}

const WRAPPERS: ReadonlySet<string> = new Set(['Nullable', 'LowCardinality'])
const COMPOUND: ReadonlySet<string> = new Set(['Array', 'Tuple', 'Map'])

function valueOf(text: string, type: TypeName | undefined): ParameterValue {
  let inner = type
  while (inner !== undefined && WRAPPERS.has(inner.name))
    inner = inner.arguments.find((each): each is TypeName => 'name' in each)
  if (inner !== undefined && COMPOUND.has(inner.name)) return text
  return text === '\\N' ? null : unescaped(text)
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', '0': '\0' }

function unescaped(text: string): string {
  return text.replace(/\\([^])/g, (_, character: string) => ESCAPES[character] ?? character)
}
