import type { ExternalForm, MapForm, StructForm, TaggedForm, WireForm } from '../wire-form.ts'
import { AVRO_NAMESPACE, variantName, wordsName } from './avro-schema.ts'
import { faultAt, UnknownWord } from './contract-fault.ts'
import { BY_CONTRACT, type ScalarReaders } from './scalar-readers.ts'

/** Turns what avsc reads into values of a form. */
export interface AvroMapping {
  readonly fromAvro: (value: never) => unknown
}

const identity: AvroMapping = { fromAvro: (value) => value }

/**
 * Compiles the mapping of a form from avsc's representation of `avroSchemaOf(form)`. `fromAvro` throws a `ContractFault` where
 * `scalars` does.
 */
export function compileAvroMapping(form: WireForm, scalars: ScalarReaders = BY_CONTRACT): AvroMapping {
  switch (form.form) {
    case 'string':
    case 'boolean':
    case 'u64':
    case 'f64':
      return identity
    case 'words':
      return { fromAvro: (word: string) => scalars.word(word, form.words) }
    case 'hash':
      return { fromAvro: scalars.hash }
    case 'f32':
      return { fromAvro: Math.fround }
    case 'u32':
      return { fromAvro: scalars.u32 }
    case 'json':
      return { fromAvro: scalars.json }
    case 'array':
      return arrayMapping(form.item, scalars)
    case 'map':
      return mapMapping(form, scalars)
    case 'struct':
      return structMapping(form, scalars)
    case 'adjacent':
    case 'internal':
      return taggedMapping(form, scalars)
    case 'external':
      return externalMapping(form, scalars)
  }
}

function arrayMapping(form: WireForm, scalars: ScalarReaders): AvroMapping {
  const item = compileAvroMapping(form, scalars)
  if (item === identity) return identity
  return {
    fromAvro: (value: readonly never[]) => {
      const items: unknown[] = []
      try {
        for (const each of value) items.push(item.fromAvro(each))
      } catch (error) {
        throw faultAt(items.length, error)
      }
      return items
    },
  }
}

function mapMapping({ keyWords }: MapForm, scalars: ScalarReaders): AvroMapping {
  return {
    fromAvro: (value: ReadonlyMap<string, unknown>) => {
      if (keyWords !== null) for (const key of value.keys()) scalars.key(key, keyWords)
      return value
    },
  }
}

/** Changes avsc's record in place: most fields are what they are to be, and making another object takes longer than reading the first. */
function structMapping(form: StructForm, scalars: ScalarReaders): AvroMapping {
  const changed = form.fields
    .map((field) => ({ name: field.name, ...compileAvroMapping(field.form, scalars) }))
    .filter(({ fromAvro }) => fromAvro !== identity.fromAvro)
  if (changed.length === 0) return identity
  return {
    fromAvro: (value: Record<string, unknown>) => {
      let at = ''
      try {
        for (const { name, fromAvro } of changed) {
          at = name
          const member = value[name]
          if (member !== null) value[name] = fromAvro(member as never)
        }
      } catch (error) {
        throw faultAt(at, error)
      }
      return value
    },
  }
}

const branch = (name: string): string => `${AVRO_NAMESPACE}.${name}`
const unqualified = (name: string): string => name.slice(name.lastIndexOf('.') + 1)

type Wrapped = Readonly<Record<string, never>>

/** avsc wraps a value of a union of several records in an object of one key: the branch's name. */
function unwrap(value: Wrapped): [string, never] {
  for (const name in value) return [name, value[name]!]
  throw new TypeError('a union without a branch')
}

function taggedMapping(form: TaggedForm, scalars: ScalarReaders): AvroMapping {
  const byBranch = new Map(
    Array.from(form.variants, ([word, struct]) => [branch(struct.name), { word, ...structMapping(struct, scalars) }]),
  )
  return {
    fromAvro: (value: Wrapped) => {
      const [name, body] = unwrap(value)
      const variant = byBranch.get(name)
      if (variant === undefined) throw faultAt('type', new UnknownWord(unqualified(name)))
      const { word, fromAvro } = variant
      if (form.form === 'internal') return { type: word, ...(fromAvro(body) as object) }
      try {
        return { type: word, [form.content]: fromAvro(body) }
      } catch (error) {
        throw faultAt(form.content, error)
      }
    },
  }
}

function externalMapping(form: ExternalForm, scalars: ScalarReaders): AvroMapping {
  const variants = Array.from(form.variants, ([word, body]) => ({
    word,
    name: branch(variantName(form, word)),
    bare: body.form !== 'struct',
    ...compileAvroMapping(body, scalars),
  }))
  const byBranch = new Map(variants.map((variant) => [variant.name, variant]))
  const words = branch(wordsName(form))
  return {
    fromAvro: (value: Wrapped) => {
      const [name, content] = unwrap(value)
      if (name === words) return scalars.word(content, form.words)
      const variant = byBranch.get(name)
      if (variant === undefined) throw new UnknownWord(unqualified(name))
      const { word, bare, fromAvro } = variant
      try {
        return { [word]: fromAvro(bare ? (content as { value: never }).value : content) }
      } catch (error) {
        throw faultAt(word, error)
      }
    },
  }
}
