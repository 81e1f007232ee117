import type { JsonSchema } from '../../route.ts'
import { escaped, inline } from './html.ts'

const COMPONENTS = '#/components/schemas/'
/** Objects within objects are shown to this depth; what lies deeper has a name of its own, or is said in words. */
const MAX_DEPTH = 3

/** What a value may be, in a few words, with links to what has a name. */
export function typeText(schema: JsonSchema): string {
  const { $ref, type, items, format } = schema
  if (typeof $ref === 'string') return linkTo($ref.slice(COMPONENTS.length))
  if (schema['const'] !== undefined) return `<code>${escaped(JSON.stringify(schema['const']))}</code>`
  const choices = choicesOf(schema)
  if (choices !== null) return [...new Set(choices.map(typeText))].join(' or ')
  if (Array.isArray(schema['enum']))
    return schema['enum'].map((word) => `<code>${escaped(String(word))}</code>`).join(' ')
  if (type === 'array') return `list of ${items === undefined ? 'anything' : typeText(items as JsonSchema)}`
  if (type === 'object' && isSchema(schema['additionalProperties'])) {
    return `map of ${typeText(schema['additionalProperties'])}`
  }
  if (Array.isArray(type)) return type.map((each) => escaped(String(each))).join(' or ')
  if (typeof type !== 'string') return 'anything'
  return escaped(typeof format === 'string' ? `${type} (${format})` : type)
}

/** The members of an object, or of the objects in a list, as rows; nothing for what has none. */
export function memberRows(schema: JsonSchema, depth = 0): string {
  const object = objectWithin(schema)
  if (object === null || depth === MAX_DEPTH) return ''
  const required = (object['required'] ?? []) as readonly string[]
  const rows = Object.entries(object['properties'] as Readonly<Record<string, JsonSchema>>).map(([name, member]) =>
    row({ name, isRequired: required.includes(name), schema: member }, depth),
  )
  return `<dl class="rows">${rows.join('\n')}</dl>`
}

interface Row {
  readonly name: string
  readonly isRequired: boolean
  readonly schema: JsonSchema
  readonly description?: string | undefined
}

/** A parameter or a member: its name, what it may be, and what it means. */
export function row({ name, isRequired, schema, description = textOf(schema) }: Row, depth = 0): string {
  const needed = isRequired ? '<span class="needed">required</span>' : ''
  const byDefault = defaultOf(schema)
  const meaning = [description === undefined ? '' : inline(description), byDefault].filter(Boolean).join(' ')
  return (
    `<div><dt><code>${escaped(name)}</code><span class="type">${typeText(schema)}</span>${needed}</dt>` +
    `<dd>${meaning}${memberRows(schema, depth + 1)}</dd></div>`
  )
}

function defaultOf(schema: JsonSchema): string {
  const value = schema['default']
  if (value === undefined || value === null || value === '') return ''
  const text = JSON.stringify(value)
  return text === '[]' || text === '{}' ? '' : `Default: <code>${escaped(text)}</code>.`
}

function objectWithin(schema: JsonSchema): JsonSchema | null {
  if (schema['properties'] !== undefined) return schema
  if (isSchema(schema['items'])) return objectWithin(schema['items'])
  if (isSchema(schema['additionalProperties'])) return objectWithin(schema['additionalProperties'])
  const objects = (choicesOf(schema) ?? []).map(objectWithin).filter((each) => each !== null)
  return objects.length === 1 ? objects[0]! : null
}

function choicesOf(schema: JsonSchema): readonly JsonSchema[] | null {
  const choices = schema['anyOf'] ?? schema['oneOf']
  return Array.isArray(choices) ? (choices as JsonSchema[]) : null
}

function textOf(schema: JsonSchema): string | undefined {
  return typeof schema['description'] === 'string' ? schema['description'] : undefined
}

function linkTo(name: string): string {
  return `<a href="#type-${escaped(name)}">${escaped(name)}</a>`
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null
}
