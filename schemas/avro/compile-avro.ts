import { JsonText } from '../contract/json-text.ts'
import { U32_MAX } from '../contract/scalars.ts'
import { compareUtf8 } from '../json/compare-utf8.ts'
import type { ExternalForm, StructForm, TaggedForm, WireForm } from '../wire-form.ts'
import { AVRO_NAMESPACE, variantName, wordsName } from './avro-schema.ts'

/** Turns values of a form into what avsc writes, and back. */
export interface AvroMapping {
  readonly toAvro: (value: never) => unknown
  readonly fromAvro: (value: never) => unknown
}

const identity: AvroMapping = { toAvro: (value) => value, fromAvro: (value) => value }

/** Compiles the mapping of a form to and from avsc's representation of `avroSchemaOf(form)`. */
export function compileAvroMapping(form: WireForm): AvroMapping {
  switch (form.form) {
    case 'string':
    case 'boolean':
    case 'u64':
    case 'f64':
    case 'words':
      return identity
    case 'hash':
      return { toAvro: identity.toAvro, fromAvro: checkedHash }
    case 'f32':
      return { toAvro: identity.toAvro, fromAvro: Math.fround }
    case 'u32':
      return { toAvro: (value: number) => BigInt(value), fromAvro: checkedU32 }
    case 'json':
      return { toAvro: (value: JsonText) => value.text, fromAvro: (text: string) => JsonText.payload(text) }
    case 'array': {
      const item = compileAvroMapping(form.item)
      if (item === identity) return identity
      return {
        toAvro: (value: readonly never[]) => value.map(item.toAvro),
        fromAvro: (value: readonly never[]) => value.map(item.fromAvro),
      }
    }
    case 'map':
      return {
        // Sorted, so that equal events have equal bytes.
        toAvro: (value: ReadonlyMap<string, unknown>) =>
          value.size < 2 ? value : new Map([...value].toSorted(([a], [b]) => compareUtf8(a, b))),
        fromAvro: (value) => value,
      }
    case 'struct':
      return structMapping(form)
    case 'adjacent':
    case 'internal':
      return taggedMapping(form)
    case 'external':
      return externalMapping(form)
  }
}

function checkedHash(text: string): string {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new RangeError('not a hash of 64 lower-case hex digits')
  return text
}

function checkedU32(value: bigint): number {
  if (value > U32_MAX) throw new RangeError('not an unsigned 32-bit integer')
  return Number(value)
}

function structMapping(form: StructForm): AvroMapping {
  const fields = form.fields.map((field) => ({ name: field.name, ...compileAvroMapping(field.form) }))
  const convert =
    (direction: 'toAvro' | 'fromAvro') =>
    (value: Record<string, never>): Record<string, unknown> => {
      const result: Record<string, unknown> = {}
      for (const field of fields) {
        const member = value[field.name] as unknown
        result[field.name] = member === null ? null : field[direction](member as never)
      }
      return result
    }
  return { toAvro: convert('toAvro'), fromAvro: convert('fromAvro') }
}

const branch = (name: string): string => `${AVRO_NAMESPACE}.${name}`

type Wrapped = Readonly<Record<string, never>>

/** avsc wraps a value of a union of several records in an object of one key: the branch's name. */
function unwrap(value: Wrapped): [string, never] {
  return Object.entries(value)[0] as [string, never]
}

function taggedMapping(form: TaggedForm): AvroMapping {
  const byWord = new Map(
    Array.from(form.variants, ([word, struct]) => [
      word,
      { word, name: branch(struct.name), ...structMapping(struct) },
    ]),
  )
  const byBranch = new Map(Array.from(byWord.values(), (variant) => [variant.name, variant]))
  const known = <V>(variant: V | undefined): V => {
    if (variant === undefined) throw new TypeError(`${form.name}: unknown variant`)
    return variant
  }
  return {
    toAvro: (value: { readonly type: string } & Wrapped) => {
      const variant = known(byWord.get(value.type))
      return {
        [variant.name]: variant.toAvro(form.form === 'adjacent' ? (value[form.content] as never) : (value as never)),
      }
    },
    fromAvro: (value: Wrapped) => {
      const [name, body] = unwrap(value)
      const { word, fromAvro } = known(byBranch.get(name))
      const content = fromAvro(body) as object
      return form.form === 'adjacent' ? { type: word, [form.content]: content } : { type: word, ...content }
    },
  }
}

function externalMapping(form: ExternalForm): AvroMapping {
  const variants = Array.from(form.variants, ([word, body]) => ({
    word,
    name: branch(variantName(form, word)),
    bare: body.form !== 'struct',
    ...compileAvroMapping(body),
  }))
  const byWord = new Map(variants.map((variant) => [variant.word, variant]))
  const byBranch = new Map(variants.map((variant) => [variant.name, variant]))
  // A union of an enum and one record is not ambiguous, and avsc does not wrap its values.
  const wrapped = variants.length > 1
  const words = branch(wordsName(form))
  return {
    toAvro: (value: string | Wrapped) => {
      if (typeof value === 'string') return wrapped ? { [words]: value } : value
      const [word, body] = unwrap(value)
      const { name, bare, toAvro } = byWord.get(word) as (typeof variants)[number]
      const record = bare ? { value: toAvro(body) } : toAvro(body)
      return wrapped ? { [name]: record } : record
    },
    fromAvro: (value: string | Wrapped) => {
      if (typeof value === 'string') return value
      const [name, content] = wrapped ? unwrap(value) : [variants[0]?.name ?? '', value as never]
      if (name === words) return content
      const { word, bare, fromAvro } = byBranch.get(name) as (typeof variants)[number]
      return { [word]: fromAvro(bare ? (content as { value: never }).value : content) }
    },
  }
}
