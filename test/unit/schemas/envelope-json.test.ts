import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ExperienceEventEnvelope } from '../../../schemas/contract/envelope.ts'
import { ExperienceError } from '../../../base/experience-error.ts'
import { decodeUtf8 } from '../../../schemas/json/decode-utf8.ts'
import {
  envelopeFromJson,
  envelopeJsonOfParts,
  envelopeToJson,
  eventDataToJson,
} from '../../../schemas/json/envelope-json.ts'
import { arbitraryEnvelope } from '../../conformance/arbitrary-envelope.ts'
import { mutateJson } from '../../conformance/mutate-json.ts'
import { Random } from '../../conformance/random.ts'

function outcome(fields: string): string {
  return `{"event_id":"e","occurred_at":"t","event":{"type":"OutcomeRecorded","data":{"chain_id":"c","step":"Planning","passed":true${fields}}}}`
}

test('any envelope comes back from its text', () => {
  fc.assert(
    fc.property(arbitraryEnvelope, (envelope) => {
      const text = envelopeToJson(envelope)
      expect(envelopeFromJson(text)).toEqual(envelope)
      expect(() => JSON.parse(text) as unknown).not.toThrow()
      expect(text).not.toMatch(/\n/)
    }),
  )
})

test('the text can be put together from its parts', () => {
  fc.assert(
    fc.property(arbitraryEnvelope, (envelope) => {
      const parts = { ...envelope, kind: envelope.event.type, data: eventDataToJson(envelope.event) }
      expect(envelopeJsonOfParts(parts)).toBe(envelopeToJson(envelope))
    }),
  )
})

test('any document is read, or refused as InvalidQuery with a field', () => {
  fc.assert(
    fc.property(arbitraryEnvelope, fc.nat(), (envelope, seed) => {
      const read = attempt(decodeUtf8(mutateJson(envelopeToJson(envelope), new Random(seed))))
      if (read instanceof ExperienceError) {
        expect(read).toMatchObject({ code: 'InvalidQuery', field: expect.any(String) as string })
        return
      }
      const text = envelopeToJson(read)
      // A float beyond its width is written as null, which a required field does not take (docs/contract.md, trap 6).
      if (!text.includes('null')) expect(envelopeToJson(envelopeFromJson(text))).toBe(text)
    }),
    { numRuns: 1000 },
  )
})

function attempt(text: string): ExperienceEventEnvelope | ExperienceError {
  try {
    return envelopeFromJson(text)
  } catch (error) {
    if (error instanceof ExperienceError) return error
    throw error
  }
}

describe('large documents are read in a time that grows with their length', () => {
  const million = 1_000_000
  test.each([
    ['a string of escapes', outcome(`,"backend":"${'\\n'.repeat(million)}"`)],
    ['a string of surrogate pairs', outcome(`,"backend":"${'\\ud83d\\ude80'.repeat(million / 10)}"`)],
    ['escapes beside text that is not Unicode', outcome(`,"zz":"\udc80","backend":"${'\\nx'.repeat(million / 2)}"`)],
    [
      'a map of many keys',
      outcome(`,"metadata":{${Array.from({ length: million / 10 }, (_, n) => `"${n}":""`).join(',')}}`),
    ],
    ['an unknown value of any depth', outcome(`,"zz":${'[{"a":'.repeat(million / 10)}1${'}]'.repeat(million / 10)}`)],
  ])('%s', (_, text) => {
    expect(envelopeFromJson(text).event.type).toBe('OutcomeRecorded')
  })

  test('an integer of a million digits is refused', () => {
    expect(attempt(outcome(`,"tokens":${'1'.repeat(million)}`))).toMatchObject({ field: 'event.data.tokens' })
  })
})

test.each([
  ['hello', 'document: is not JSON (character 1)'],
  ['{"event_id":nope}', 'event_id: is not JSON (character 13)'],
])('%s is refused as it is', (text, message) => {
  expect(() => envelopeFromJson(text)).toThrow(message)
})

test('what is faulty does not fill the error', () => {
  const long = 'x'.repeat(100_000)
  for (const text of [
    outcome(`,"metadata":{"${long}":1}`),
    outcome(`,"stop_reason":"${long}"`),
    outcome(`,"tokens":-${'1'.repeat(100_000)}`),
    `{"event_id":"e","occurred_at":"t","event":{"type":"${long}","data":{}}}`,
    outcome('').replace('"e"', `"${long}"`),
  ]) {
    const error = attempt(text) as ExperienceError
    expect(error.message.length + (error.field ?? '').length).toBeLessThan(1000)
  }
})

test('keys of JavaScript objects have no meaning of their own', () => {
  const text = outcome(',"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}')
  expect(envelopeToJson(envelopeFromJson(text))).toBe(envelopeToJson(envelopeFromJson(outcome(''))))
  expect('polluted' in {}).toBe(false)
  for (const word of ['__proto__', 'constructor', 'toString']) {
    expect(attempt(outcome(`,"stop_reason":"${word}"`))).toMatchObject({ field: 'event.data.stop_reason' })
    expect(attempt(outcome(`,"stop_reason":{"${word}":{}}`))).toMatchObject({ field: 'event.data.stop_reason' })
    expect(attempt(outcome('').replace('OutcomeRecorded', word))).toMatchObject({ field: 'event.type' })
  }
})
