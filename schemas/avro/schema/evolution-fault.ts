import type { StructForm, WireForm } from '../../wire-form.ts'
import { AVRO_NAMESPACE, avroSchemaOf, type AvroSchema } from './avro-schema.ts'
import { typeOf } from '../avsc-types/type-of.ts'
import { readingFault } from './schema-compatibility.ts'
import { fieldsOf, namedTypesOf } from './schema-parts.ts'
import { withWordsOf } from './with-words-of.ts'

/** A schema that some release has written records with: `schemas/avro/released/`. */
export interface ReleasedSchema {
  readonly name: string
  /** `ENVELOPE_VERSION` of its release. */
  readonly version: number
  readonly schema: string
}

/**
 * Why an envelope cannot follow what was released; null if it can. It must read every record ever written, to the same event;
 * every release must read its records, but for kinds and words that were added with a new version; and nothing that was
 * written may be dropped by a later reader (docs/schema-evolution.md).
 */
export function evolutionFault(
  envelope: StructForm,
  version: number,
  released: readonly ReleasedSchema[],
): string | null {
  const schema = avroSchemaOf(envelope)
  const present = JSON.stringify(schema)
  for (const { name, version: theirs, schema: text } of released) {
    const earlier = JSON.parse(text) as AvroSchema
    const reader = theirs === version ? earlier : withWordsOf(earlier, typeOf(schema).schema() as AvroSchema)
    const fault =
      readingFault(present, text) ??
      readingFault(JSON.stringify(reader), present) ??
      lostField(schema, earlier) ??
      printedField(envelope, earlier)
    if (fault !== null) return `${name}: ${fault}`
  }
  return null
}

/** A field that the earlier schema has and this one has not: a rebuild would lose it. */
function lostField(schema: AvroSchema, earlier: AvroSchema): string | null {
  const records = namedTypesOf(schema)
  for (const [name, record] of namedTypesOf(earlier)) {
    const kept = new Set(fieldsOf(records.get(name) ?? {}).map((field) => field.name))
    const lost = fieldsOf(record).find((field) => !kept.has(field.name))
    if (lost !== undefined) return `${name}.${lost.name} is gone, and a rebuild would lose what was written there`
  }
  return null
}

/** A new field that is printed where it is absent: it would change the JSON, and so the digest, of every earlier event. */
function printedField(envelope: StructForm, earlier: AvroSchema): string | null {
  const structs = structsOf(envelope)
  for (const [name, record] of namedTypesOf(earlier)) {
    const known = new Set(fieldsOf(record).map((field) => field.name))
    const fields = structs.get(name)?.fields ?? []
    const printed = fields.find((field) => !known.has(field.name) && !field.omit)
    if (printed !== undefined) {
      return `${name}.${printed.name} is new and not \`omitted\` where absent: the JSON of earlier events would change`
    }
  }
  return null
}

/** The structs within a form, by the full name of their Avro records. */
function structsOf(form: WireForm, structs = new Map<string, StructForm>()): Map<string, StructForm> {
  if (form.form === 'struct') {
    structs.set(`${AVRO_NAMESPACE}.${form.name}`, form)
    for (const field of form.fields) structsOf(field.form, structs)
  }
  if (form.form === 'array') structsOf(form.item, structs)
  if (form.form === 'map') structsOf(form.value, structs)
  if ('variants' in form) for (const variant of form.variants.values()) structsOf(variant, structs)
  return structs
}
