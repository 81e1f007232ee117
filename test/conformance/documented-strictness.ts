import type { ExternalForm, StructForm, TaggedForm, WireForm } from '../../schemas/wire-form.ts'
import { meaningOf, quoted, withValues, type JsonArray, type JsonNode, type JsonObject } from './json-tree.ts'

/**
 * Rewrites the forms that serde_json reads and this package refuses (docs/contract.md §7) into the ones that the reference writes:
 * positional arrays into objects, unit variants as objects into words, and tags given by number into words. The same node where
 * there are none. What stands at a place that has no such form stays as it is.
 */
export function inWrittenForms(node: JsonNode, form: WireForm): JsonNode {
  if (form.form === 'words') return unitWord(node, form.words)
  if (form.form === 'external') return externalOf(node, form)
  if (form.form === 'struct') return structOf(node, form)
  if (form.form === 'adjacent' || form.form === 'internal') return taggedOf(node, form)
  if (form.form === 'array' && node.kind === 'array') return withValues(node, (item) => inWrittenForms(item, form.item))
  if (form.form === 'map' && node.kind === 'object')
    return withValues(node, (value) => inWrittenForms(value, form.value))
  return node
}

/** Changes the members of an object by their names. */
function withMembers(node: JsonObject | JsonArray, change: (value: JsonNode, key: string) => JsonNode): JsonNode {
  return withValues(node, (value, rawKey) => (rawKey === null ? value : change(value, meaningOf(rawKey))))
}

/** `{"Word":null}` and `{"Word":{}}` mean `"Word"`. */
function unitWord(node: JsonNode, words: readonly string[]): JsonNode {
  const only = node.kind === 'object' && node.members.length === 1 ? node.members[0] : undefined
  if (only === undefined || !words.includes(meaningOf(only.rawKey))) return node
  const { value } = only
  const isUnit = value.kind === 'object' ? value.members.length === 0 : value.kind === 'scalar' && value.raw === 'null'
  return isUnit ? quoted(meaningOf(only.rawKey)) : node
}

function named(names: readonly string[], values: readonly JsonNode[]): JsonObject {
  const members = values.map((value, index) => ({ rawKey: JSON.stringify(names[index]), value }))
  return { kind: 'object', members }
}

function structOf(node: JsonNode, form: StructForm): JsonNode {
  const names = form.fields.map((field) => field.name)
  if (node.kind === 'array') {
    return node.items.length <= names.length ? structOf(named(names, node.items), form) : node
  }
  if (node.kind === 'scalar') return node
  return withMembers(node, (value, key) => {
    const field = form.fields.find(({ name }) => name === key)
    return field === undefined ? value : inWrittenForms(value, field.form)
  })
}

/** A tag as an object or, where serde has buffered the value, by the number of the variant. */
function tagOf(node: JsonNode, words: readonly string[]): JsonNode {
  const byNumber = node.kind === 'scalar' && /^\d+$/.test(node.raw) ? words[Number(node.raw)] : undefined
  return byNumber === undefined ? unitWord(node, words) : quoted(byNumber)
}

function taggedOf(node: JsonNode, form: TaggedForm): JsonNode {
  const words = [...form.variants.keys()]
  if (node.kind === 'scalar') return node
  if (node.kind === 'array') {
    const [tag, ...rest] = node.items
    if (tag === undefined) return node
    const word = tagOf(tag, words)
    const names = ['type', ...(form.form === 'adjacent' ? [form.content] : fieldNames(form, word))]
    return node.items.length <= names.length ? taggedOf(named(names, [word, ...rest]), form) : node
  }
  const tag = node.members.find(({ rawKey }) => meaningOf(rawKey) === 'type')
  const word = tag === undefined ? undefined : tagOf(tag.value, words)
  const struct = word?.kind === 'scalar' ? form.variants.get(meaningOf(word.raw)) : undefined
  return withMembers(node, (value, key) => {
    if (key === 'type') return tagOf(value, words)
    if (struct === undefined) return value
    if (form.form === 'adjacent') return key === form.content ? structOf(value, struct) : value
    const field = struct.fields.find(({ name }) => name === key)
    return field === undefined ? value : inWrittenForms(value, field.form)
  })
}

function fieldNames(form: TaggedForm, word: JsonNode): string[] {
  const struct = word.kind === 'scalar' ? form.variants.get(meaningOf(word.raw)) : undefined
  return struct?.fields.map((field) => field.name) ?? []
}

function externalOf(node: JsonNode, form: ExternalForm): JsonNode {
  const word = unitWord(node, form.words)
  if (word !== node || node.kind !== 'object') return word
  return withMembers(node, (value, key) => {
    const body = form.variants.get(key)
    return body === undefined ? value : inWrittenForms(value, body)
  })
}
