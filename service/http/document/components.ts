import { z } from 'zod'
import type { JsonSchema } from '../route.ts'
import { NAME_MARK, wireSchemaOf, withMaximum } from './wire-schema.ts'

const DEFS = '#/$defs/'
const COMPONENTS = '#/components/schemas/'

/** Turns schemas of zod into JSON Schema. What has a name is described once, among the components, and referred to. */
export class Components {
  readonly #schemas = new Map<string, JsonSchema>()

  /** By name, in the order in which they were first needed. */
  get schemas(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries(this.#schemas)
  }

  /** A schema as it stands in the document. JSON Schema is taken as it is. Throws where two schemas have one name. */
  schemaOf(schema: z.ZodType | JsonSchema): JsonSchema {
    if (!(schema instanceof z.ZodType)) return schema
    const {
      $schema: _,
      $defs = {},
      ...root
    } = z.toJSONSchema(schema, {
      target: 'draft-2020-12',
      io: 'input',
      // What only code can check is any value here, unless its wire form is known.
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => void Object.assign(jsonSchema, wireSchemaOf(zodSchema)),
    })
    for (const [name, definition] of Object.entries($defs)) this.#add(name, this.#hoisted(definition) as JsonSchema)
    const { id, ...rest } = this.#hoisted(root) as JsonSchema
    if (typeof id !== 'string') return rest
    this.#add(id, rest)
    return { $ref: `${COMPONENTS}${id}` }
  }

  /** Puts what is named within a schema among the components. */
  #hoisted(node: unknown): unknown {
    if (Array.isArray(node)) return node.map((each) => this.#hoisted(each))
    if (typeof node !== 'object' || node === null) return node
    const entries = Object.entries(node).map(([key, value]): [string, unknown] => {
      if (key === '$ref' && typeof value === 'string') return [key, value.replace(DEFS, COMPONENTS)]
      return [key, this.#hoisted(value)]
    })
    const { [NAME_MARK]: name, ...schema } = Object.fromEntries(entries)
    if (typeof name !== 'string') return withMaximum(schema)
    // What is said of a field stays with the field.
    const { description, default: byDefault, ...type } = schema
    this.#add(name, type)
    return withoutUndefined({ $ref: `${COMPONENTS}${name}`, description, default: byDefault })
  }

  #add(name: string, schema: JsonSchema): void {
    const { id: _, ...described } = schema
    const known = this.#schemas.get(name)
    if (known === undefined) this.#schemas.set(name, described)
    else if (textOf(known) !== textOf(described)) throw new TypeError(`two schemas are named ${name}`)
  }
}

function withoutUndefined(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined))
}

function textOf(schema: JsonSchema): string {
  return JSON.stringify(schema, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
}
