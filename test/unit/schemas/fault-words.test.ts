import { expect, test } from 'vitest'
import { ExperienceError } from '../../../base/experience-error.ts'
import { ExperienceEventEnvelope, parseEnvelope } from '../../../schemas/contract/envelope.ts'
import { foldWireForm, type Variants, type WireFormTable } from '../../../schemas/fold-wire-form.ts'
import { envelopeFromJson } from '../../../schemas/json/envelope-json.ts'
import { transcribeEnvelope } from '../../../schemas/transcode/envelope-transcriber.ts'
import { wireFormOf } from '../../../schemas/wire-form.ts'

/** Plain values that between them hold every field, word and variant of a form; the first is in place where another part varies. */
type Samples = readonly unknown[]

const sampleTable: WireFormTable<Samples, Samples, null> = {
  string: () => ['x'],
  boolean: () => [true],
  u32: () => [1],
  u64: () => [1],
  f32: () => [0.5],
  f64: () => [0.5],
  hash: () => ['a'.repeat(64)],
  json: () => [{ a: [1] }],
  words: ({ words }) => words,
  array: (items) => items.map((item) => [item]),
  map: (values, { keyWords }) => values.map((value) => ({ [keyWords?.[0] ?? 'k']: value })),
  members: (fields) => {
    const first = Object.fromEntries(fields.map(({ name, part }) => [name, part[0]]))
    return [first, ...fields.flatMap(({ name, part }) => part.slice(1).map((value) => ({ ...first, [name]: value })))]
  },
  struct: (members) => members,
  adjacent: (variants, { content }) => bodies(variants, (type, body) => ({ type, [content]: body })),
  internal: (variants) => bodies(variants, (type, body) => ({ type, ...(body as object) })),
  external: (variants, { words }) => [...words, ...bodies(variants, (word, body) => ({ [word]: body }))],
}

function bodies(variants: Variants<Samples>, whole: (word: string, body: unknown) => unknown): Samples {
  return [...variants.values()].flatMap(({ word, part }) => part.map((body) => whole(word, body)))
}

const WRONG = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 33,
  1e20,
  '',
  'x',
  'Nope',
  '\ud800',
  [],
  [null],
  [['x']],
  {},
  { k: 1 },
  { k: 'x' },
  { Nope: 1 },
  { Other: 1 },
  { Other: 'x', Nope: 1 },
  { type: 1 },
  { type: 'Nope' },
]

/** The value with what is at each of its places taken by a wrong one: every place that was not seen, by its path and neighbours. */
function* faulty(value: unknown, seen: Set<string>, path: string): Generator {
  if (!seen.has(path)) for (const wrong of WRONG) yield wrong
  seen.add(path)
  if (typeof value !== 'object' || value === null || path.endsWith('.structured_payload')) return
  const names = Object.keys(value).join()
  for (const [key, part] of Object.entries(value)) {
    for (const wrong of faulty(part, seen, `${path}(${names}).${key}`)) {
      // Where an item or an only key is undefined, JSON text has no like.
      if (wrong === undefined && Object.keys(value).length === 1) continue
      yield Array.isArray(value) ? [wrong] : { ...value, [key]: wrong }
    }
  }
}

/** JSON as a producer would write it: undefined is absent, bigints are integers. */
function textOf(value: unknown): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item) => textOf(item ?? null)).join(',')}]`
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${textOf(member)}`).join(',')}}`
}

function verdict(take: () => unknown): unknown {
  try {
    take()
    return 'accepted'
  } catch (error) {
    if (!(error instanceof ExperienceError)) throw error
    return { code: error.code, field: error.field, message: error.message }
  }
}

const samples = foldWireForm(wireFormOf(ExperienceEventEnvelope), sampleTable, null)

test('a fault has one code, field and message, whether an event comes as a value or as JSON text', () => {
  const seen = new Set<string>()
  const messages = new Set<string>()
  let faults = 0
  for (const sample of samples) {
    expect(verdict(() => parseEnvelope(sample))).toBe('accepted')
    for (const given of faulty(sample, seen, '')) {
      if (given === undefined) continue
      const text = textOf(given)
      const byText = verdict(() => envelopeFromJson(text))
      expect(
        verdict(() => parseEnvelope(given)),
        text,
      ).toEqual(byText)
      if (byText === 'accepted') continue
      faults++
      messages.add((byText as ExperienceError).message)
      expect(transcribeEnvelope(Buffer.from(text))).toBeNull()
    }
  }
  expect(faults).toBeGreaterThan(2000)
  for (const message of messages) expect(message).not.toMatch(/Invalid|expected|received|Too (?:small|big)|undefined/)
})

test.each([
  [new Map<unknown, unknown>([[1, 'x']]), 'a key must be a string, not a number'],
  [new Map([['\ud800', 'x']]), 'a key is not valid Unicode text'],
  [new Set(['x']), 'must be an object, not an instance of Set'],
  [() => 'x', 'must be an object, not a function'],
])('what JSON cannot hold is named: %o', (metadata, fault) => {
  const data = { chain_id: 'c', step: 'Planning', passed: true, metadata }
  const given = { event_id: 'e', occurred_at: 't', event: { type: 'OutcomeRecorded', data } }
  const field = 'event.data.metadata'
  expect(verdict(() => parseEnvelope(given))).toEqual({ code: 'InvalidQuery', field, message: `${field}: ${fault}` })
})
