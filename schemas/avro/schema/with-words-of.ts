import type { AvroSchema } from './avro-schema.ts'
import {
  fieldsOf,
  isDefinition,
  isUnion,
  namedTypesOf,
  nameOf,
  symbolsOf,
  type Definition,
  type Field,
} from './schema-parts.ts'

/**
 * The reader's schema with what unions and enums of the writer's have beyond it, so that a value which only the writer knows can
 * be told from bytes that do not fit: the records as empty ones, whose fields a reader passes over. Avro resolves unions and
 * enums by the value at hand (specification 1.11, "Schema Resolution"); avsc refuses a whole schema for a branch that no value
 * has. The writer's names must be full, as avsc's `Type.schema()` gives them.
 */
export function withWordsOf(reader: AvroSchema, writer: AvroSchema): AvroSchema {
  const written = namedTypesOf(writer)
  const defined = new Set<string>()

  function widen(mine: AvroSchema, theirs: AvroSchema | undefined): AvroSchema {
    if (typeof mine === 'string') return mine
    if (isUnion(mine)) return widenUnion(mine, isUnion(theirs) ? theirs : [])
    const definition = written.get(nameOf(mine)) ?? (isDefinition(theirs) ? theirs : {})
    switch (mine['type']) {
      case 'record':
        return { ...mine, fields: fieldsOf(mine).map((field) => widenField(field, definition)) }
      case 'enum':
        return { ...mine, symbols: [...new Set([...symbolsOf(mine), ...symbolsOf(definition)])] }
      case 'array':
        return { ...mine, items: widen(mine['items'] as AvroSchema, definition['items'] as AvroSchema | undefined) }
      case 'map':
        return { ...mine, values: widen(mine['values'] as AvroSchema, definition['values'] as AvroSchema | undefined) }
      default:
        return mine
    }
  }

  function widenUnion(mine: readonly AvroSchema[], theirs: readonly AvroSchema[]): AvroSchema {
    const known = new Set(mine.map(nameOf))
    const added = theirs.map(nameOf).filter((name) => !known.has(name) && written.get(name)?.['type'] === 'record')
    const counterpart = (branch: AvroSchema): AvroSchema | undefined =>
      theirs.find((each) => nameOf(each) === nameOf(branch))
    return [...mine.map((branch) => widen(branch, counterpart(branch))), ...added.map(emptyRecord)]
  }

  function emptyRecord(name: string): AvroSchema {
    if (defined.has(name)) return name
    defined.add(name)
    return { type: 'record', name, fields: [] }
  }

  function widenField(mine: Field, record: Definition): Field {
    return { ...mine, type: widen(mine.type, fieldsOf(record).find(({ name }) => name === mine.name)?.type) }
  }

  return widen(reader, undefined)
}
