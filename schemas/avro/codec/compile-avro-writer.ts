import type { JsonText } from '../../contract/json-text.ts'
import {
  foldWireForm,
  NULL_BRANCH,
  VALUE_BRANCH,
  type FieldPart,
  type Variants,
  type WireFormTable,
} from '../../fold-wire-form.ts'
import { compareUtf8 } from '../../json/compare-utf8.ts'
import type { ExternalForm, StructForm, TaggedForm, WireForm } from '../../wire-form.ts'
import type { AvroOutput } from './avro-output.ts'

/** Writes a value of a form. Throws where it is none. */
export type AvroWriter = (output: AvroOutput, value: never) => void

/** Compiles the writer of a form: the bytes that `avroSchemaOf(form)` says. */
export function compileAvroWriter(form: WireForm): AvroWriter {
  return foldWireForm(form, writers, undefined)
}

const writers: WireFormTable<AvroWriter, AvroWriter, undefined> = {
  string: () => writeText,
  hash: () => writeText,
  boolean: () => (output, value: boolean) => output.boolean(value),
  u32: () => (output, value: number) => output.u32(value),
  u64: () => (output, value: bigint) => output.u64(value),
  f32: () => writeFloat,
  f64: () => writeFloat,
  json:
    () =>
    (output, { text }: JsonText) =>
      output.string(text),
  words: ({ words }) => wordWriter(words),
  array: arrayWriter,
  map: mapWriter,
  members: structWriter,
  struct: (members) => members,
  adjacent: taggedWriter,
  internal: taggedWriter,
  external: externalWriter,
}

function writeText(output: AvroOutput, text: string): void {
  return output.string(text)
}
function writeFloat(output: AvroOutput, value: number): void {
  return output.double(value)
}

function wordWriter(words: readonly string[]): AvroWriter {
  const places = new Map(words.map((word, place) => [word, place]))
  return (output, word: string) => output.u32(known(places, word))
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
function mapWriter(value: AvroWriter): AvroWriter {
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

function structWriter(parts: readonly FieldPart<AvroWriter>[]): AvroWriter {
  const fields = parts.map((field) => ({
    name: field.name,
    write: field.presence === 'nullable' ? optionalWriter(field) : field.part,
  }))
  return (output, struct: Readonly<Record<string, never>>) => {
    for (const { name, write } of fields) write(output, struct[name]!)
  }
}

function optionalWriter({ isUnion, part: write }: FieldPart<AvroWriter>): AvroWriter {
  return (output, value) => {
    if (value === null) output.u32(NULL_BRANCH)
    else {
      if (!isUnion) output.u32(VALUE_BRANCH)
      write(output, value)
    }
  }
}

function taggedWriter(variants: Variants<AvroWriter, StructForm>, { form, content }: TaggedForm): AvroWriter {
  const bodyOf = form === 'adjacent' ? (value: Tagged) => value[content] : (value: Tagged) => value
  return (output, value: Tagged) => {
    const { branch, part: write } = known(variants, value.type)
    output.u32(branch)
    write(output, bodyOf(value) as never)
  }
}

type Tagged = { readonly type: string } & Readonly<Record<string, unknown>>

function externalWriter(
  variants: Variants<AvroWriter>,
  { words }: ExternalForm,
  _: undefined,
  wordsBranch: number,
): AvroWriter {
  const writeWord = wordWriter(words)
  return (output, value: string | Readonly<Record<string, unknown>>) => {
    if (typeof value === 'string') {
      output.u32(wordsBranch)
      writeWord(output, value as never)
      return
    }
    const [name = '', body] = Object.entries(value)[0] ?? []
    const { branch, part: write } = known(variants, name)
    output.u32(branch)
    write(output, body as never)
  }
}

function known<Meaning>(meanings: ReadonlyMap<string, Meaning>, word: string): Meaning {
  const meaning = meanings.get(word)
  if (meaning === undefined) throw new TypeError(`there is no ${word} here`)
  return meaning
}
