import type { JsonSchema } from '../../service/http/route.ts'
import type { Random } from '../conformance/random.ts'
import { HOSTILE_WORDS } from './hostile-words.ts'

const MAX_DEPTH = 6
const COMPONENTS = '#/components/schemas/'
const IDS = ['evt-1', 'chain-1', 'chain-a', 'acme', 'other', 'artifact-1', 'trace-1']
const NUMBERS = [0, 1, 2, 3, 100, -1, 4_294_967_295, 1e20, 0.5]

/** A value that a schema of the document takes, now and then one that it does not. */
export function sampleOf(
  schema: JsonSchema,
  components: Readonly<Record<string, JsonSchema>>,
  random: Random,
  depth = 0,
): unknown {
  const { $ref, type } = schema
  const within = (inner: unknown): unknown => sampleOf((inner ?? {}) as JsonSchema, components, random, depth + 1)
  if (random.oneIn(40)) return random.pick([null, 0, '', [], {}, true, random.pick(HOSTILE_WORDS)])
  if (depth > MAX_DEPTH) return null
  if (typeof $ref === 'string') return within(components[$ref.slice(COMPONENTS.length)])
  if (schema['const'] !== undefined) return schema['const']
  if (Array.isArray(schema['enum'])) return random.pick(schema['enum'] as unknown[])
  const choices = schema['oneOf'] ?? schema['anyOf']
  if (Array.isArray(choices)) return within(random.pick(choices as unknown[]))
  switch (Array.isArray(type) ? random.pick(type as string[]) : type) {
    case 'object':
      return objectOf(schema, within, random)
    case 'array':
      return Array.from({ length: random.below(3) }, () => within(schema['items']))
    case 'integer':
    case 'number':
      return random.pick(NUMBERS)
    case 'boolean':
      return random.oneIn(2)
    case 'null':
      return null
    default:
      return random.pick(random.oneIn(4) ? HOSTILE_WORDS : IDS)
  }
}

function objectOf(schema: JsonSchema, within: (inner: unknown) => unknown, random: Random): unknown {
  const required = new Set((schema['required'] ?? []) as readonly string[])
  const members = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, unknown>>)
  const chosen = members.filter(([name]) => (required.has(name) ? !random.oneIn(50) : random.oneIn(3)))
  return Object.fromEntries(chosen.map(([name, member]) => [name, within(member)]))
}
