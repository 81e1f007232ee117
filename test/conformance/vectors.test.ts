import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { envelopeAvroSchema } from '../../schemas/avro/schema/avro-schema.ts'
import { envelopeDecoder, envelopeToAvro } from '../../schemas/avro/codec/envelope-avro.ts'
import { isTransitionAllowed } from '../../schemas/artifact-transitions.ts'
import { ArtifactState } from '../../schemas/contract/artifact.ts'
import { parseEnvelope } from '../../schemas/contract/envelope.ts'
import { eventKindLabels } from '../../schemas/contract/event-kind.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import { decodeUtf8 } from '../../schemas/json/decode-utf8.ts'
import { envelopeFromJson, envelopeToJson } from '../../schemas/json/envelope-json.ts'

// The contract's vectors (docs/contract.md; data in vectors/). The query cases run in the suites of the stores.

const folder = new URL('vectors/', import.meta.url)
const decode = envelopeDecoder(JSON.stringify(envelopeAvroSchema))

function namesIn(path: string, ending: string): string[] {
  return readdirSync(new URL(path, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
}

function bytesIn(file: string): Buffer {
  return readFileSync(new URL(file, folder))
}

/** Text of a document, without the line feed that ends the file. */
function textIn(file: string): string {
  return decodeUtf8(bytesIn(file)).trimEnd()
}

describe('public vectors', () => {
  const names = namesIn('public', '.json')

  test('cover every kind of event', () => {
    const kinds = names.map((name) => envelopeFromJson(textIn(`public/${name}.json`)).event.type)
    expect(new Set(kinds)).toEqual(new Set(Object.keys(eventKindLabels)))
  })

  test.each(names)('%s comes back byte for byte', (name) => {
    const text = textIn(`public/${name}.json`)
    expect(envelopeToJson(envelopeFromJson(text))).toBe(text)
  })

  test.each(names)('%s comes back byte for byte through Avro', (name) => {
    const text = textIn(`public/${name}.json`)
    expect(envelopeToJson(decode(envelopeToAvro(envelopeFromJson(text))))).toBe(text)
  })

  test.each(names)('%s is the same when taken as an object', (name) => {
    const envelope = envelopeFromJson(textIn(`public/${name}.json`))
    expect(parseEnvelope(envelope)).toEqual(envelope)
    expect(envelopeToJson(parseEnvelope(envelope))).toBe(envelopeToJson(envelope))
  })

  test.each(
    Object.entries(JSON.parse(textIn('manifest.public.json')) as Record<string, Record<'kind' | 'label', string>>),
  )('%s has the kind and the label of the manifest', (name, { kind, label }) => {
    const { event } = envelopeFromJson(textIn(`public/${name}.json`))
    expect([event.type, eventKindLabels[event.type]]).toEqual([kind, label])
  })
})

describe('lenient vectors', () => {
  /** Forms that the reference never writes and this package refuses, by choice (docs/contract.md §7). */
  const refused = ['struct_as_array']
  const names = namesIn('lenient', '.canonical.json')

  test.each(names.filter((name) => !refused.includes(name)))('%s is written in the canonical form', (name) => {
    expect(envelopeToJson(envelopeFromJson(textIn(`lenient/${name}.json`)))).toBe(
      textIn(`lenient/${name}.canonical.json`),
    )
  })

  test.each(refused)('%s is refused', (name) => {
    expect(() => envelopeFromJson(textIn(`lenient/${name}.json`))).toThrow(ExperienceError)
  })
})

function faultOf(file: string): unknown {
  try {
    return envelopeFromJson(textIn(file))
  } catch (error) {
    return error
  }
}

describe('invalid vectors', () => {
  /** Where a value has another shape as a whole, ours names the place in it that is looked for and missing, or the reverse. */
  const fieldsOfOurOwn: Readonly<Record<string, string>> = {
    'serde.event_internally_tagged': 'event.data',
    'serde.trace_externally_tagged': 'event.data.trace_link.type',
  }

  test.each(namesIn('invalid', '.json'))('%s is refused with its field', (name) => {
    const named = /^\[\w+\] ([^:]+):/.exec(textIn(`invalid/${name}.why.txt`))?.[1]
    expect(named).toBeDefined()
    const own = fieldsOfOurOwn[name]
    if (own !== undefined) expect(own.startsWith(`${named}.`)).toBe(true)
    expect(faultOf(`invalid/${name}.json`)).toMatchObject({
      code: 'InvalidQuery',
      field: own ?? named,
      retryable: false,
    })
  })
})

describe('artifact transitions', () => {
  const transitions = JSON.parse(textIn('query/artifact_transitions.json')) as {
    from: ArtifactState
    to: ArtifactState
    allowed: boolean
  }[]

  test('cover every pair of states', () => {
    const states = ArtifactState.options
    expect(transitions.length).toBe(states.length ** 2)
  })

  test.each(transitions)('$from to $to is allowed: $allowed', ({ from, to, allowed }) => {
    expect(isTransitionAllowed(from, to)).toBe(allowed)
  })
})
