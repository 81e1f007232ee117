import { foldWireForm, type FieldPart, type Variants, type WireFormTable } from '../../fold-wire-form.ts'
import type { ExternalForm, MapForm, StructForm, TaggedForm, WireForm } from '../../wire-form.ts'
import { AVRO_NAMESPACE, variantName, wordsName } from '../schema/avro-schema.ts'
import { faultAt, UnknownWord } from './contract-fault.ts'
import { asItIs, BY_CONTRACT, type ScalarReaders } from './scalar-readers.ts'

/** Turns what avsc reads into a value of a form. */
export type FromAvro = (value: never) => unknown

/**
 * Compiles the mapping of a form from avsc's representation of `avroSchemaOf(form)`. It throws a `ContractFault` where `scalars` does.
 */
export function compileFromAvro(form: WireForm, scalars: ScalarReaders = BY_CONTRACT): FromAvro {
  return foldWireForm(form, mappings, scalars)
}

const mappings: WireFormTable<FromAvro, FromAvro, ScalarReaders> = {
  string: () => asItIs,
  boolean: () => asItIs,
  u64: ({ u64 }) => u64,
  f64: () => asItIs,
  hash: ({ hash }) => hash,
  f32: () => Math.fround,
  u32: ({ u32 }) => u32,
  json: ({ json }) => json,
  words:
    ({ words }, scalars) =>
    (word: string) =>
      scalars.word(word, words),
  array: arrayMapping,
  map: mapMapping,
  members: structMapping,
  struct: (members) => members,
  adjacent: taggedMapping,
  internal: taggedMapping,
  external: externalMapping,
}

function arrayMapping(item: FromAvro): FromAvro {
  if (item === asItIs) return asItIs
  return (value: readonly never[]) => {
    const items: unknown[] = []
    try {
      for (const each of value) items.push(item(each))
    } catch (error) {
      throw faultAt(items.length, error)
    }
    return items
  }
}

function mapMapping(item: FromAvro, { keyWords }: MapForm, scalars: ScalarReaders): FromAvro {
  if (item !== asItIs) throw new TypeError('the contract has no map whose values need a mapping')
  if (keyWords === null) return asItIs
  return (value: ReadonlyMap<string, unknown>) => {
    for (const key of value.keys()) scalars.key(key, keyWords)
    return value
  }
}

/** Changes avsc's record in place: most fields are what they are to be, and making another object takes longer than reading the first. */
function structMapping(fields: readonly FieldPart<FromAvro>[]): FromAvro {
  const changed = fields.filter(({ part }) => part !== asItIs).map(({ name, part }) => ({ name, fromAvro: part }))
  if (changed.length === 0) return asItIs
  return (value: Record<string, unknown>) => {
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
  }
}

function qualified(name: string): string {
  return `${AVRO_NAMESPACE}.${name}`
}
/** As the contract has it; in full where it is of another namespace, whose words may be the same. */
function unqualified(name: string): string {
  return name.startsWith(`${AVRO_NAMESPACE}.`) ? name.slice(AVRO_NAMESPACE.length + 1) : name
}

type Wrapped = Readonly<Record<string, never>>

/** avsc wraps a value of a union of several records in an object of one key: the branch's name. */
function unwrap(value: Wrapped): [string, never] {
  for (const name in value) return [name, value[name]!]
  throw new TypeError('a union without a branch')
}

function taggedMapping(variants: Variants<FromAvro, StructForm>, { form, content }: TaggedForm): FromAvro {
  const byName = new Map(Array.from(variants.values(), (variant) => [qualified(variant.body.name), variant]))
  return (value: Wrapped) => {
    const [name, body] = unwrap(value)
    const variant = byName.get(name)
    if (variant === undefined) throw faultAt('type', new UnknownWord(unqualified(name)))
    const { word, part: fromAvro } = variant
    if (form === 'internal') return { type: word, ...(fromAvro(body) as object) }
    try {
      return { type: word, [content]: fromAvro(body) }
    } catch (error) {
      throw faultAt(content, error)
    }
  }
}

function externalMapping(variants: Variants<FromAvro>, form: ExternalForm, scalars: ScalarReaders): FromAvro {
  const byName = new Map(
    Array.from(variants.values(), ({ word, body, part }) => {
      const bare = body.form !== 'struct'
      return [qualified(variantName(form, word)), { word, bare, fromAvro: part }]
    }),
  )
  const words = qualified(wordsName(form))
  return (value: Wrapped) => {
    const [name, content] = unwrap(value)
    if (name === words) return scalars.word(content, form.words)
    const variant = byName.get(name)
    if (variant === undefined) throw new UnknownWord(unqualified(name))
    const { word, bare, fromAvro } = variant
    try {
      return { [word]: fromAvro(bare ? (content as { value: never }).value : content) }
    } catch (error) {
      throw faultAt(word, error)
    }
  }
}
