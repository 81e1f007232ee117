import { ExperienceEventEnvelope } from '../../contract/envelope.ts'
import { ExperienceEvent } from '../../contract/experience-event.ts'
import { foldWireForm, type FieldPart, type Variants, type WireFormTable } from '../../fold-wire-form.ts'
import {
  structFormOf,
  wireFormOf,
  type ExternalForm,
  type StructForm,
  type TaggedForm,
  type WireForm,
} from '../../wire-form.ts'

/** An Avro schema as JSON (Avro 1.11 specification). */
export type AvroSchema = string | readonly AvroSchema[] | { readonly [key: string]: unknown }

export const AVRO_NAMESPACE = 'experience'

/**
 * Version of the envelope's kinds, variants and words: raised by a release that adds some. Within a version, schemas are
 * FULL_TRANSITIVE, which forbids such additions (docs/decisions/0010).
 */
export const ENVELOPE_VERSION = 1

/**
 * Subject of a version's schemas in a registry, one for all topics: the record's name (RecordNameStrategy), from the second
 * version on with the version behind it. Exported for tests, which register other versions.
 */
export function envelopeSubject(version: number): string {
  const name = `${AVRO_NAMESPACE}.ExperienceEventEnvelope`
  return version === 1 ? name : `${name}-v${version}`
}

/** Subject of the present schema. */
export const ENVELOPE_SUBJECT = envelopeSubject(ENVELOPE_VERSION)

/**
 * The Avro schema of a form. Unsigned 64-bit integers are `long`s that carry the 64 bits; floats of both widths are
 * `double`s; JSON is its normalised text; tagged enums are unions of named records (and of an enum for bare words).
 * A named type is written in full where it comes first, and by its name after that.
 */
export function avroSchemaOf(form: WireForm): AvroSchema {
  return foldWireForm(form, schemas, new Set())
}

const schemas: WireFormTable<AvroSchema, AvroSchema, Set<string>> = {
  string: () => 'string',
  hash: () => 'string',
  json: () => 'string',
  boolean: () => 'boolean',
  u32: () => 'long',
  u64: () => 'long',
  f32: () => 'double',
  f64: () => 'double',
  words: ({ name, words }, defined) => define(defined, name, { type: 'enum', symbols: words }),
  array: (items) => ({ type: 'array', items }),
  map: (values) => ({ type: 'map', values }),
  members: (fields, { name, doc }, defined) =>
    define(defined, name, { type: 'record', doc, fields: fields.map(fieldOf) }),
  struct: (record) => record,
  adjacent: branchesOf,
  internal: branchesOf,
  external: (variants, form, defined) => [
    define(defined, wordsName(form), { type: 'enum', symbols: form.words }),
    ...Array.from(variants.values(), ({ word, body, part }) =>
      body.form === 'struct'
        ? part
        : define(defined, variantName(form, word), { type: 'record', fields: [{ name: 'value', type: part }] }),
    ),
  ],
}

/** `defined` holds the names that are defined already. */
function define(defined: Set<string>, name: string, schema: { readonly [key: string]: unknown }): AvroSchema {
  if (defined.has(name)) return `${AVRO_NAMESPACE}.${name}`
  defined.add(name)
  return { name, namespace: AVRO_NAMESPACE, ...schema }
}

function fieldOf({ name, doc, presence, defaultValue, isUnion, part }: FieldPart<AvroSchema>): AvroSchema {
  if (presence === 'required') return { name, doc, type: part }
  if (presence === 'default') return { name, doc, type: part, default: avroDefault(defaultValue()) }
  return { name, doc, type: ['null', ...(isUnion ? (part as readonly AvroSchema[]) : [part])], default: null }
}

function branchesOf(variants: Variants<AvroSchema, StructForm>): AvroSchema {
  return Array.from(variants.values(), ({ part }) => part)
}

/** Name of the Avro enum that holds an external enum's bare words. */
export function wordsName(external: ExternalForm): string {
  return `${external.name}Word`
}

/** Name of the Avro record of an external variant: its struct's own, or one made for a bare value. */
export function variantName(external: ExternalForm, word: string): string {
  const body = external.variants.get(word)
  return body?.form === 'struct' ? body.name : `${word}${external.name}`
}

function avroDefault(value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value
}

/** The envelope's schema: what every record of the log is written with. */
export const envelopeAvroSchema: AvroSchema = avroSchemaOf(structFormOf(ExperienceEventEnvelope))

/** One self-contained schema per event kind: the body that stands in the envelope's union. */
export const eventAvroSchemas: ReadonlyMap<string, AvroSchema> = new Map(
  Array.from((wireFormOf(ExperienceEvent) as TaggedForm).variants, ([kind, form]) => [kind, avroSchemaOf(form)]),
)
