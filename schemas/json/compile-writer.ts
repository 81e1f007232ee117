import type { JsonText } from '../contract/json-text.ts'
import { foldWireForm, type FieldPart, type WireFormTable } from '../fold-wire-form.ts'
import type { WireForm } from '../wire-form.ts'
import { compareUtf8 } from './compare-utf8.ts'
import { f32Text, f64Text } from './float-text.ts'

/** Writes one value of a form as JSON text. */
export type Writer = (value: never) => string

/** Writes the fields of a struct behind what stands `before` them in its braces. */
type MembersWriter = (value: Record<string, never>, before: string) => string

/** Compiles the writer of a form: byte for byte what the reference prints, unordered maps sorted by key. */
export function compileWriter(form: WireForm): Writer {
  return foldWireForm(form, writers, undefined)
}

const writers: WireFormTable<Writer, MembersWriter, undefined> = {
  string: () => (value: string) => JSON.stringify(value),
  hash: () => inQuotes,
  words: () => inQuotes,
  boolean: () => asPrinted,
  u32: () => asPrinted,
  u64: () => asPrinted,
  f32: () => f32Text,
  f64: () => f64Text,
  json: () => (value: JsonText) => value.text,
  array: (item) => (value: readonly never[]) => `[${value.map(item).join(',')}]`,
  map: (item) => (value: ReadonlyMap<string, never>) => {
    const keys = [...value.keys()].toSorted(compareUtf8)
    return `{${keys.map((key) => `${JSON.stringify(key)}:${item(value.get(key) as never)}`).join(',')}}`
  },
  members: membersWriter,
  struct: (members) => (value: Record<string, never>) => `{${members(value, '')}}`,
  adjacent:
    (variants, { content }) =>
    (value: Tagged) =>
      `{"type":"${value.type}","${content}":${variants.get(value.type)!.part(value[content] as never)}}`,
  internal: (variants) => (value: Tagged) => `{${variants.get(value.type)!.part(value, `"type":"${value.type}"`)}}`,
  external: (variants) => (value: string | Record<string, never>) => {
    if (typeof value === 'string') return inQuotes(value)
    const [word, body] = Object.entries(value)[0] as [string, never]
    return `{"${word}":${variants.get(word)!.part(body)}}`
  },
}

type Tagged = Record<string, never> & { readonly type: string }

function inQuotes(word: string): string {
  return `"${word}"`
}
function asPrinted(value: boolean | number | bigint): string {
  return String(value)
}

function membersWriter(parts: readonly FieldPart<Writer>[]): MembersWriter {
  const fields = parts.map(({ name, omit, part }) => ({ name, omit, prefix: `"${name}":`, write: part }))
  return (value, before) => {
    let text = before
    for (const { name, omit, prefix, write } of fields) {
      const member = value[name] as unknown
      if (omit && isDefault(member)) continue
      if (text !== '') text += ','
      text += prefix + (member === null ? 'null' : write(member as never))
    }
    return text
  }
}

/** The contract's omitted fields default to null and to the empty map. */
function isDefault(value: unknown): boolean {
  return value === null || (value instanceof Map && value.size === 0)
}
