import { ExperienceEventEnvelope } from '../contract/envelope.ts'
import { ExperienceEvent } from '../contract/experience-event.ts'
import {
  structFormOf,
  wireFormOf,
  type ExternalForm,
  type StructForm,
  type TaggedForm,
  type WireField,
  type WireForm,
} from '../wire-form.ts'

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
 * version on with the version behind it.
 */
export function envelopeSubject(version: number): string {
  const name = `${AVRO_NAMESPACE}.ExperienceEventEnvelope`
  return version === 1 ? name : `${name}-v${version}`
}

/** Subject of the present schema. */
export const ENVELOPE_SUBJECT = envelopeSubject(ENVELOPE_VERSION)

/** The envelope's schema: what every record of the log is written with. */
export const envelopeAvroSchema: AvroSchema = avroSchemaOf(structFormOf(ExperienceEventEnvelope))

/** One self-contained schema per event kind: the body that stands in the envelope's union. */
export const eventAvroSchemas: ReadonlyMap<string, AvroSchema> = new Map(
  Array.from((wireFormOf(ExperienceEvent) as TaggedForm).variants, ([kind, form]) => [kind, avroSchemaOf(form)]),
)

/**
 * The Avro schema of a form. Unsigned 64-bit integers are `long`s that carry the 64 bits; floats of both widths are
 * `double`s; JSON is its normalised text; tagged enums are unions of named records (and of an enum for bare words).
 * A named type is written in full where it comes first, and by its name after that.
 */
export function avroSchemaOf(form: WireForm): AvroSchema {
  const defined = new Set<string>()

  function define(name: string, schema: () => { readonly [key: string]: unknown }): AvroSchema {
    if (defined.has(name)) return `${AVRO_NAMESPACE}.${name}`
    defined.add(name)
    return { name, namespace: AVRO_NAMESPACE, ...schema() }
  }

  function schemaOf(inner: WireForm): AvroSchema {
    switch (inner.form) {
      case 'string':
      case 'hash':
      case 'json':
        return 'string'
      case 'boolean':
        return 'boolean'
      case 'u32':
      case 'u64':
        return 'long'
      case 'f32':
      case 'f64':
        return 'double'
      case 'words':
        return define(inner.name, () => ({ type: 'enum', symbols: inner.words }))
      case 'array':
        return { type: 'array', items: schemaOf(inner.item) }
      case 'map':
        return { type: 'map', values: schemaOf(inner.value) }
      case 'struct':
        return recordOf(inner)
      case 'adjacent':
      case 'internal':
        return Array.from(inner.variants.values(), recordOf)
      case 'external':
        return externalBranches(inner)
    }
  }

  function recordOf(struct: StructForm): AvroSchema {
    return define(struct.name, () => ({ type: 'record', doc: struct.doc, fields: struct.fields.map(fieldOf) }))
  }

  function fieldOf(field: WireField): { readonly [key: string]: unknown } {
    const type = schemaOf(field.form)
    const { name, doc } = field
    if (field.presence === 'required') return { name, doc, type }
    if (field.presence === 'default') return { name, doc, type, default: avroDefault(field.defaultValue()) }
    return { name, doc, type: ['null', ...(Array.isArray(type) ? type : [type])], default: null }
  }

  function externalBranches(external: ExternalForm): AvroSchema {
    const words = define(wordsName(external), () => ({ type: 'enum', symbols: external.words }))
    const records = Array.from(external.variants, ([word, body]) =>
      body.form === 'struct'
        ? recordOf(body)
        : define(variantName(external, word), () => ({
            type: 'record',
            fields: [{ name: 'value', type: schemaOf(body) }],
          })),
    )
    return [words, ...records]
  }

  return schemaOf(form)
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
