import type { AvroSchema } from './avro-schema.ts'

/** A schema that is an object: a record, an enum, an array or a map. */
export type Definition = Readonly<Record<string, unknown>>
export type Field = Definition & { readonly name: string; readonly type: AvroSchema }

/** The full name of a named type; of any other type, the word for it, which a union has once. */
export function nameOf(schema: AvroSchema): string {
  if (typeof schema === 'string') return schema
  if (!isDefinition(schema)) return 'union'
  const { name, namespace, type } = schema
  if (typeof name !== 'string') return String(type)
  return typeof namespace === 'string' && !name.includes('.') ? `${namespace}.${name}` : name
}

/** The records and enums that a schema defines, by full name. */
export function namedTypesOf(schema: AvroSchema): Map<string, Definition> {
  const named = new Map<string, Definition>()
  JSON.stringify(schema, (_, value: AvroSchema) => {
    if (isDefinition(value) && (value['type'] === 'record' || value['type'] === 'enum')) named.set(nameOf(value), value)
    return value
  })
  return named
}

export function isUnion(schema: AvroSchema | undefined): schema is readonly AvroSchema[] {
  return Array.isArray(schema)
}

export function isDefinition(schema: AvroSchema | undefined): schema is Definition {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema)
}

export function fieldsOf(record: Definition): readonly Field[] {
  return (record['fields'] ?? []) as readonly Field[]
}

export function symbolsOf(definition: Definition): readonly string[] {
  return (definition['symbols'] ?? []) as readonly string[]
}
