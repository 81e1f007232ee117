import type { JsonText } from '../contract/json-text.ts'
import type { ExternalForm, StructForm, TaggedForm, WireForm } from '../wire-form.ts'
import { compareUtf8 } from './compare-utf8.ts'
import { f32Text, f64Text } from './float-text.ts'

/** Writes one value of a form as JSON text. */
export type Writer = (value: never) => string

/** Compiles the writer of a form: byte for byte what the reference prints, unordered maps sorted by key. */
export function compileWriter(form: WireForm): Writer {
  switch (form.form) {
    case 'string':
      return (value: string) => JSON.stringify(value)
    case 'hash':
    case 'words':
      return (value: string) => `"${value}"`
    case 'boolean':
    case 'u32':
    case 'u64':
      return (value: boolean | number | bigint) => String(value)
    case 'f32':
      return f32Text
    case 'f64':
      return f64Text
    case 'json':
      return (value: JsonText) => value.text
    case 'array': {
      const item = compileWriter(form.item)
      return (value: readonly never[]) => `[${value.map(item).join(',')}]`
    }
    case 'map': {
      const item = compileWriter(form.value)
      return (value: ReadonlyMap<string, never>) => {
        const keys = [...value.keys()].toSorted(compareUtf8)
        return `{${keys.map((key) => `${JSON.stringify(key)}:${item(value.get(key) as never)}`).join(',')}}`
      }
    }
    case 'struct': {
      const members = membersWriter(form)
      return (value: Record<string, never>) => `{${members(value, '')}}`
    }
    case 'adjacent':
    case 'internal':
      return taggedWriter(form)
    case 'external':
      return externalWriter(form)
  }
}

type MembersWriter = (value: Record<string, never>, before: string) => string

function membersWriter(form: StructForm): MembersWriter {
  const fields = form.fields.map(({ name, omit, form: field }) => ({
    name,
    omit,
    prefix: `"${name}":`,
    write: compileWriter(field),
  }))
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

function taggedWriter(form: TaggedForm): Writer {
  const variants = new Map(Array.from(form.variants, ([word, struct]) => [word, membersWriter(struct)]))
  const { content } = form
  return (value: Record<string, never> & { readonly type: string }) => {
    const members = variants.get(value.type) as MembersWriter
    const tag = `"type":"${value.type}"`
    return form.form === 'adjacent'
      ? `{${tag},"${content}":{${members(value[content] as never, '')}}}`
      : `{${members(value, tag)}}`
  }
}

function externalWriter(form: ExternalForm): Writer {
  const variants = new Map(Array.from(form.variants, ([word, body]) => [word, compileWriter(body)]))
  return (value: string | Record<string, never>) => {
    if (typeof value === 'string') return `"${value}"`
    const [word, body] = Object.entries(value)[0] as [string, never]
    return `{"${word}":${(variants.get(word) as Writer)(body)}}`
  }
}
