import type {
  ExternalForm,
  MapForm,
  ScalarForm,
  StructForm,
  TaggedForm,
  WireField,
  WireForm,
  WordsForm,
} from './wire-form.ts'

/**
 * What a walk makes of each kind of form, out of what it made of its parts. A form that is added to the contract must be added here,
 * and then to every table.
 *
 * `Part` is what is made of a value; `Members` what is made of a struct's fields, without what encloses them: the variants of an
 * internally tagged union have their tag among them. `Place` goes the other way: it is what a part is told about where it stands.
 */
export interface WireFormTable<Part, Members, Place> extends ScalarTable<Part, Place> {
  readonly words: (form: WordsForm, place: Place) => Part
  readonly array: (item: Part, place: Place) => Part
  readonly map: (value: Part, form: MapForm, place: Place) => Part
  readonly members: (fields: readonly FieldPart<Part>[], form: StructForm, place: Place) => Members
  readonly struct: (members: Members, form: StructForm, place: Place) => Part
  readonly adjacent: (variants: Variants<Part, StructForm>, form: TaggedForm, place: Place) => Part
  readonly internal: (variants: Variants<Members, StructForm>, form: TaggedForm, place: Place) => Part
  readonly external: (variants: Variants<Part>, form: ExternalForm, place: Place, wordsBranch: number) => Part
  /** The place of a part, by name: a field's, a variant's word, `[]` for the items of an array, `{}` for the values of a map. */
  readonly enter?: (place: Place, whole: WireForm, name: string) => Place
}

export type ScalarTable<Part, Place> = Readonly<Record<ScalarForm['form'], (place: Place) => Part>>

export interface FieldPart<Part> extends WireField {
  readonly part: Part
  /** Whether the value is a union in Avro by itself. */
  readonly isUnion: boolean
}

export interface Variant<Part, Body> {
  readonly word: string
  readonly body: Body
  readonly part: Part
  /** Its number in Avro's union. */
  readonly branch: number
}

export type Variants<Part, Body = WireForm> = ReadonlyMap<string, Variant<Part, Body>>

/**
 * How unions of Avro are numbered. An optional field is a union of null and its value. Tagged and external forms are unions of
 * their variants, in the order of the contract; the bare words of an external form are one enum before them. Avro has no union
 * directly inside a union: where the value of an optional field is one, its branches follow the field's null.
 */
export const NULL_BRANCH = 0
/** Of an optional field whose value is no union. */
export const VALUE_BRANCH = 1

/** Walks over a form from the inside out. */
export function foldWireForm<Part, Members, Place>(
  form: WireForm,
  table: WireFormTable<Part, Members, Place>,
  place: Place,
): Part {
  const enter = table.enter ?? ((outer: Place) => outer)

  function partOf(whole: WireForm, at: Place, firstBranch = NULL_BRANCH): Part {
    switch (whole.form) {
      case 'words':
        return table.words(whole, at)
      case 'array':
        return table.array(partOf(whole.item, enter(at, whole, '[]')), at)
      case 'map':
        return table.map(partOf(whole.value, enter(at, whole, '{}')), whole, at)
      case 'struct':
        return structOf(whole, at)
      case 'adjacent':
        return table.adjacent(variantsOf(whole, at, firstBranch, structOf), whole, at)
      case 'internal':
        return table.internal(variantsOf(whole, at, firstBranch, membersOf), whole, at)
      case 'external':
        return table.external(variantsOf(whole, at, firstBranch + 1, partOf), whole, at, firstBranch)
      case 'string':
      case 'boolean':
      case 'u32':
      case 'u64':
      case 'f32':
      case 'f64':
      case 'hash':
      case 'json':
        return table[whole.form](at)
    }
  }

  function structOf(struct: StructForm, at: Place): Part {
    return table.struct(membersOf(struct, at), struct, at)
  }

  function membersOf(struct: StructForm, at: Place): Members {
    const fields = struct.fields.map((field) => {
      const isUnion = ['adjacent', 'internal', 'external'].includes(field.form.form)
      const firstBranch = field.presence === 'nullable' ? VALUE_BRANCH : NULL_BRANCH
      return { ...field, isUnion, part: partOf(field.form, enter(at, struct, field.name), firstBranch) }
    })
    return table.members(fields, struct, at)
  }

  function variantsOf<Body, Result>(
    union: WireForm & { readonly variants: ReadonlyMap<string, Body> },
    at: Place,
    firstBranch: number,
    resultOf: (body: Body, place: Place) => Result,
  ): Variants<Result, Body> {
    const variants = Array.from(union.variants, ([word, body], index) => {
      return { word, body, branch: firstBranch + index, part: resultOf(body, enter(at, union, word)) }
    })
    return new Map(variants.map((variant) => [variant.word, variant]))
  }

  return partOf(form, place)
}
