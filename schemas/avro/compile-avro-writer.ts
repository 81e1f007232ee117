import type { JsonText } from '../contract/json-text.ts'
import { compareUtf8 } from '../json/compare-utf8.ts'
import type { ExternalForm, MapForm, StructForm, TaggedForm, WireForm } from '../wire-form.ts'
import type { AvroOutput } from './avro-output.ts'

/** Writes a value of a form. Throws where it is none. */
export type AvroWriter = (output: AvroOutput, value: never) => void

/**
 * Compiles the writer of a form: the bytes that `avroSchemaOf(form)` says. Where the form is a union in Avro, `branchesBefore` of
 * its branches stand before it: 1 for the null of an optional field.
 */
export function compileAvroWriter(form: WireForm, branchesBefore = 0): AvroWriter {
  switch (form.form) {
    case 'string':
    case 'hash':
      return (output, text: string) => output.string(text)
    case 'boolean':
      return (output, value: boolean) => output.boolean(value)
    case 'u32':
      return (output, value: number) => output.u32(value)
    case 'u64':
      return (output, value: bigint) => output.u64(value)
    case 'f32':
    case 'f64':
      return (output, value: number) => output.double(value)
    case 'json':
      return (output, { text }: JsonText) => output.string(text)
    case 'words':
      return wordWriter(form.words)
    case 'array':
      return arrayWriter(compileAvroWriter(form.item))
    case 'map':
      return mapWriter(form)
    case 'struct':
      return structWriter(form)
    case 'adjacent':
    case 'internal':
      return taggedWriter(form, branchesBefore)
    case 'external':
      return externalWriter(form, branchesBefore)
  }
}

function wordWriter(words: readonly string[]): AvroWriter {
  const places = new Map(words.map((word, place) => [word, place]))
  return (output, word: string) => output.u32(placeOf(places, word))
}

/** A block with its count, where there are items, and an empty block. */
function arrayWriter(item: AvroWriter): AvroWriter {
  return (output, items: readonly never[]) => {
    if (items.length > 0) {
      output.u32(items.length)
      for (const each of items) item(output, each)
    }
    output.u32(0)
  }
}

/** Sorted, so that equal events have equal bytes. */
function mapWriter(form: MapForm): AvroWriter {
  const value = compileAvroWriter(form.value)
  return (output, map: ReadonlyMap<string, never>) => {
    if (map.size > 0) {
      const entries = [...map]
      if (map.size > 1) entries.sort(([a], [b]) => compareUtf8(a, b))
      output.u32(map.size)
      for (const [key, each] of entries) {
        output.string(key)
        value(output, each)
      }
    }
    output.u32(0)
  }
}

function structWriter(form: StructForm): AvroWriter {
  const fields = form.fields.map(({ name, presence, form: inner }) => {
    const write = presence === 'nullable' ? optionalWriter(inner) : compileAvroWriter(inner)
    return { name, write }
  })
  return (output, struct: Readonly<Record<string, never>>) => {
    for (const { name, write } of fields) write(output, struct[name]!)
  }
}

/** A union of null and the form's own branches. */
function optionalWriter(form: WireForm): AvroWriter {
  const write = compileAvroWriter(form, 1)
  const isUnion = form.form === 'adjacent' || form.form === 'internal' || form.form === 'external'
  return (output, value) => {
    if (value === null) output.u32(0)
    else {
      if (!isUnion) output.u32(1)
      write(output, value)
    }
  }
}

function taggedWriter(form: TaggedForm, branchesBefore: number): AvroWriter {
  const variants = branchesOf(form.variants, branchesBefore)
  const bodyOf = form.form === 'adjacent' ? (value: Tagged) => value[form.content] : (value: Tagged) => value
  return (output, value: Tagged) => {
    const { branch, write } = placeOf(variants, value.type)
    output.u32(branch)
    write(output, bodyOf(value) as never)
  }
}

type Tagged = { readonly type: string } & Readonly<Record<string, unknown>>

/** The first branch is the enum of the bare words. */
function externalWriter(form: ExternalForm, branchesBefore: number): AvroWriter {
  const word = wordWriter(form.words)
  const variants = branchesOf(form.variants, branchesBefore + 1)
  return (output, value: string | Readonly<Record<string, unknown>>) => {
    if (typeof value === 'string') {
      output.u32(branchesBefore)
      word(output, value as never)
      return
    }
    const [name = '', body] = Object.entries(value)[0] ?? []
    const { branch, write } = placeOf(variants, name)
    output.u32(branch)
    write(output, body as never)
  }
}

function branchesOf(
  variants: ReadonlyMap<string, WireForm>,
  before: number,
): ReadonlyMap<string, { readonly branch: number; readonly write: AvroWriter }> {
  return new Map(
    Array.from(variants, ([word, body], place) => [word, { branch: before + place, write: compileAvroWriter(body) }]),
  )
}

function placeOf<Place>(places: ReadonlyMap<string, Place>, word: string): Place {
  const place = places.get(word)
  if (place === undefined) throw new TypeError(`there is no ${word} here`)
  return place
}
