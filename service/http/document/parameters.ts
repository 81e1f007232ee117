import type { AnyRoute, HeaderDescription, JsonSchema } from '../route.ts'
import type { Components } from './components.ts'

/** A parameter as OpenAPI tells it. */
export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description?: string
  readonly schema: JsonSchema
}

/** What a route takes beside its body. */
export function parametersOf(route: AnyRoute, components: Components): Parameter[] {
  return [
    ...fieldsOf('path', route.params, components),
    ...fieldsOf('query', route.query, components),
    ...Object.entries(route.headers ?? {}).map(([name, header]) => headerOf(name, header)),
  ]
}

function headerOf(name: string, { description, schema = { type: 'string' } }: HeaderDescription): Parameter {
  return { name, in: 'header', required: false, description, schema }
}

function fieldsOf(place: 'path' | 'query', schema: AnyRoute['params'], components: Components): Parameter[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = components.schemaOf(schema) as {
    readonly properties?: Readonly<Record<string, JsonSchema>>
    readonly required?: readonly string[]
  }
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = sent(property)
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(typeof description === 'string' ? { description } : {}),
      schema: rest,
    }
  })
}

/** A field as it is sent: what is null in a value is left out of a URL. */
function sent(schema: JsonSchema): JsonSchema {
  const { type, anyOf, default: byDefault, ...others } = schema
  const rest = byDefault === undefined || byDefault === null ? others : { ...others, default: byDefault }
  if (Array.isArray(type)) {
    const types = type.filter((each) => each !== 'null')
    return { ...rest, type: types.length === 1 ? types[0] : types }
  }
  if (!Array.isArray(anyOf)) return type === undefined ? rest : { ...rest, type }
  const choices = (anyOf as JsonSchema[]).filter((each) => each['type'] !== 'null')
  return choices.length === 1 ? { ...choices[0], ...rest } : { ...rest, anyOf: choices }
}
