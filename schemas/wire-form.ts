import { z } from 'zod'
import { omittedWhenDefault, wireMetadata } from './contract/wire-metadata.ts'

/**
 * The form of a type on the wire: what the reader, the writer and the Avro schema are compiled from. Made from the zod
 * schemas of the contract by `wireFormOf`, the only place that looks into zod's definitions.
 */
export type WireForm = ScalarForm | WordsForm | ArrayForm | MapForm | StructForm | TaggedForm | ExternalForm

export interface ScalarForm {
  readonly form: 'string' | 'boolean' | 'u32' | 'u64' | 'f32' | 'f64' | 'hash' | 'json'
}

export interface WordsForm {
  readonly form: 'words'
  readonly name: string
  readonly words: readonly string[]
}

export interface ArrayForm {
  readonly form: 'array'
  readonly item: WireForm
}

export interface MapForm {
  readonly form: 'map'
  /** The words that keys are limited to; null for any string. */
  readonly keyWords: readonly string[] | null
  readonly value: WireForm
}

export interface StructForm {
  readonly form: 'struct'
  readonly name: string
  readonly doc: string
  readonly fields: readonly WireField[]
}

export interface WireField {
  readonly name: string
  readonly doc: string
  readonly form: WireForm
  /** docs/contract.md, "How to read the tables": R, N and D(x). */
  readonly presence: 'required' | 'nullable' | 'default'
  /** A fresh default for an absent field: null for N. */
  readonly defaultValue: () => unknown
  /** Left out of the JSON when it holds its default: N-omit and D-omit. */
  readonly omit: boolean
}

/** A struct chosen by a word: beside its content (adjacent) or among its fields (internal). */
export interface TaggedForm {
  readonly form: 'adjacent' | 'internal'
  readonly name: string
  /** Key of the body, for adjacent only. */
  readonly content: string
  readonly variants: ReadonlyMap<string, StructForm>
}

/** A bare word, or an object of one key that names the variant. */
export interface ExternalForm {
  readonly form: 'external'
  readonly name: string
  readonly words: readonly string[]
  readonly variants: ReadonlyMap<string, WireForm>
}

/** Translates a zod schema of the contract. Throws on a construct that the contract does not use. */
export function wireFormOf(schema: z.core.$ZodType): WireForm {
  const metadata = wireMetadata.get(schema)
  if (metadata === undefined) return structuralForm(schema)
  switch (metadata.form) {
    case 'words':
      return { form: 'words', name: metadata.name, words: enumWords(schema) }
    case 'map':
      return mapForm(schema)
    case 'adjacent':
      return {
        form: 'adjacent',
        name: metadata.name,
        content: metadata.content,
        variants: adjacentVariants(schema, metadata.content),
      }
    case 'internal':
      return { form: 'internal', name: metadata.name, content: '', variants: internalVariants(schema) }
    case 'external':
      return externalForm(metadata.name, schema)
    case 'u32':
    case 'u64':
    case 'f32':
    case 'f64':
    case 'hash':
    case 'json':
      return { form: metadata.form }
  }
}

/** The form of a schema that must be a struct. */
export function structFormOf(schema: z.core.$ZodType): StructForm {
  const form = wireFormOf(schema)
  if (form.form !== 'struct') throw new TypeError(`a struct is needed, not ${form.form}`)
  return form
}

function structuralForm(schema: z.core.$ZodType): WireForm {
  if (schema instanceof z.ZodString) return { form: 'string' }
  if (schema instanceof z.ZodBoolean) return { form: 'boolean' }
  if (schema instanceof z.ZodArray) return { form: 'array', item: wireFormOf(schema.element) }
  if (schema instanceof z.ZodObject) return structForm(schema)
  throw new TypeError(`the contract has no form for a zod ${schema._zod.def.type}`)
}

function structForm(schema: z.ZodObject): StructForm {
  const { id = '', description = '' } = typeMetadata(schema)
  const fields = Object.entries(schema.shape)
    // The tag of an internally tagged struct is written by its union.
    .filter(([, field]) => !(field instanceof z.ZodLiteral))
    .map(([name, field]) => fieldOf(name, field))
  return { form: 'struct', name: id, doc: description, fields }
}

/** The name and description given to the type itself; `.describe()` on a field makes a child that hides them. */
function typeMetadata(schema: z.core.$ZodType): z.core.GlobalMeta {
  const own = z.globalRegistry.get(schema)
  if (own?.id !== undefined) return own
  const { parent } = schema._zod
  if (parent === undefined) throw new TypeError('a struct of the contract needs a name')
  return typeMetadata(parent)
}

function fieldOf(name: string, field: z.core.$ZodType): WireField {
  const doc = z.globalRegistry.get(field)?.description ?? ''
  const omit = omittedWhenDefault.has(field) || omittedWhenDefault.get(field)?.omit === true
  if (!(field instanceof z.ZodDefault)) {
    return { name, doc, form: wireFormOf(field), presence: 'required', defaultValue: () => undefined, omit }
  }
  const defaultValue = (): unknown => field.def.defaultValue
  const inner = field.def.innerType
  return inner instanceof z.ZodNullable
    ? { name, doc, form: wireFormOf(inner.def.innerType), presence: 'nullable', defaultValue, omit }
    : { name, doc, form: wireFormOf(inner), presence: 'default', defaultValue, omit }
}

function mapForm(schema: z.core.$ZodType): MapForm {
  // Maps are taken through a step that turns plain objects into a Map.
  const target = schema instanceof z.ZodPipe ? schema.def.out : schema
  if (!(target instanceof z.ZodMap)) throw new TypeError('a map is needed')
  const key = wireFormOf(target.keyType)
  return { form: 'map', keyWords: key.form === 'words' ? key.words : null, value: wireFormOf(target.valueType) }
}

function enumWords(schema: z.core.$ZodType): string[] {
  if (!(schema instanceof z.ZodEnum)) throw new TypeError('an enum is needed')
  return schema.options.map(String)
}

function unionOptions(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (!(schema instanceof z.ZodUnion)) throw new TypeError('a union is needed')
  return schema.options
}

function taggedOptions(schema: z.core.$ZodType): [string, z.ZodObject][] {
  return unionOptions(schema).map((option) => {
    const tag = option instanceof z.ZodObject ? option.shape['type'] : undefined
    if (!(option instanceof z.ZodObject) || !(tag instanceof z.ZodLiteral))
      throw new TypeError('a tagged object is needed')
    return [String(tag.value), option]
  })
}

function adjacentVariants(schema: z.core.$ZodType, content: string): Map<string, StructForm> {
  return new Map(
    taggedOptions(schema).map(([word, option]) => [word, structFormOf(option.shape[content] as z.core.$ZodType)]),
  )
}

function internalVariants(schema: z.core.$ZodType): Map<string, StructForm> {
  return new Map(taggedOptions(schema).map(([word, option]) => [word, structForm(option)]))
}

function externalForm(name: string, schema: z.core.$ZodType): ExternalForm {
  const words: string[] = []
  const variants = new Map<string, WireForm>()
  for (const option of unionOptions(schema)) {
    if (option instanceof z.ZodEnum) words.push(...enumWords(option))
    else if (option instanceof z.ZodObject) {
      for (const [word, body] of Object.entries(option.shape)) variants.set(word, wireFormOf(body))
    } else throw new TypeError('an external enum holds words and one-key objects')
  }
  return { form: 'external', name, words, variants }
}
