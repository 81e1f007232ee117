import { expect, test } from 'vitest'
import { parseEnvelope } from '../../../schemas/contract/envelope.ts'
import { envelopeFromJson, envelopeFromStoredJson, envelopeToJson } from '../../../schemas/json/envelope-json.ts'

function event(confidence: number) {
  return parseEnvelope({
    event_id: 'evt-1',
    occurred_at: '2026-04-23T09:14:07Z',
    event: {
      type: 'HypothesisResolved',
      data: {
        chain_id: 'c',
        fact_id: 'f',
        domain: 'd',
        claim: 'x',
        confidence,
        outcome: 'Confirmed',
        formed_cycle: 1,
        resolved_cycle: 2,
      },
    },
  })
}

test.each([Number.NaN, Number.POSITIVE_INFINITY])(
  'reads back an event whose required float %s was printed as null',
  (confidence) => {
    const json = envelopeToJson(event(confidence))
    const back = envelopeFromStoredJson(json)
    expect(back.event.data).toMatchObject({ confidence: Number.NaN })
    expect(envelopeToJson(back)).toBe(json)
  },
)

test('refuses such a text from outside, as the reference does', () => {
  expect(() => envelopeFromJson(envelopeToJson(event(Number.NaN)))).toThrow('event.data.confidence')
})
