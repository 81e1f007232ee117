import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { envelopeToAvro } from '../../../schemas/avro/codec/envelope-avro.ts'
import { chainIdOf } from '../../../schemas/contract/event-kind.ts'
import { decodeUtf8 } from '../../../schemas/json/decode-utf8.ts'
import { envelopeFromJson, envelopeToJson } from '../../../schemas/json/envelope-json.ts'
import { transcribeEnvelope, type TranscribedEnvelope } from '../../../schemas/transcode/envelope-transcriber.ts'
import { MAX_INPUT } from '../../../schemas/transcode/transcription.ts'
import { arbitraryEnvelope } from '../../conformance/arbitrary-envelope.ts'
import { mutateJson } from '../../conformance/mutate-json.ts'
import { Random } from '../../conformance/random.ts'

/** What comes the long way, through an object. */
function theLongWay(json: Uint8Array): TranscribedEnvelope | null {
  try {
    const envelope = envelopeFromJson(decodeUtf8(json))
    const { event_id, occurred_at, tenant_id, correlation_id, event } = envelope
    const [kind, chain_id] = [event.type, chainIdOf(event)]
    return { event_id, occurred_at, tenant_id, correlation_id, kind, chain_id, bytes: envelopeToAvro(envelope) }
  } catch {
    return null
  }
}

function outcome(data: string, head = '"tenant_id":"t","correlation_id":null'): Buffer {
  return Buffer.from(
    `{"event_id":"e","occurred_at":"now",${head},"event":{"type":"OutcomeRecorded","data":{"chain_id":"c","step":"Planning","passed":true${data}}}}`,
  )
}

function proposal(structured: string, confidence = '0.5'): Buffer {
  const trace = `{"type":"Remote","provider_name":"","provider_model_id":"","request_fingerprint":"","response_fingerprint":"","temperature":0.7,"top_p":1,"max_tokens":18446744073709551615,"provider_metadata":{},"retried":false,"retry_reasons":[],"replayability":"None"}`
  const proposed = `{"id":"p","kind":"Plan","payload":"a\\nb","structured_payload":${structured},"trace_link":${trace},"contract_results":[],"requires_human":false,"confidence":${confidence}}`
  return Buffer.from(
    `{"event_id":"e","occurred_at":"now","event":{"type":"ProposalCreated","data":{"proposal":${proposed},"chain_id":"c","step":"Planning"}}}`,
  )
}

describe('an envelope in the text of the reference', () => {
  test('is transcribed to what it has the long way', () => {
    fc.assert(
      fc.property(arbitraryEnvelope, (envelope) => {
        const json = Buffer.from(envelopeToJson(envelope))
        const expected = theLongWay(json)
        const transcribed = transcribeEnvelope(json)
        if (transcribed !== null) expect(transcribed).toEqual(expected)
        // What the reference itself cannot read back, and numbers and keys that are left to the reader.
        else if (expected !== null) expect(envelopeToJson(envelope)).toMatch(/\d{16}|e[+-]?\d|__proto__|"[^"]*\\/)
      }),
      { numRuns: 1000 },
    )
  })

  test.each<[string, Buffer]>([
    ['white space', Buffer.from(` {\t"event_id" : "e" ,${outcome('').toString().slice(16)}\r\n`)],
    ['escapes', outcome(',"backend":"\\u00e9\\ud83d\\ude80\\/\\"\\\\"')],
    ['a map in any order', outcome(`,"metadata":{"b":"1","\u{1F680}":"2","\uffff":"3","a":"4","":"5"}`)],
    ['a map of many', outcome(`,"metadata":{${Array.from({ length: 70 }, (_, place) => `"${place}":"x"`).join()}}`)],
    ['a text that is longer as UTF-8', outcome(`,"backend":"${'é'.repeat(40)}\\n"`)],
    ['optional fields left out', outcome('')],
    ['optional fields that are null', outcome(',"stop_reason":null,"latency_ms":null,"backend":null')],
    [
      'an enum with a body',
      outcome(',"stop_reason":{"CycleBudgetExhausted":{"cycles_executed":4294967295,"limit":0}}'),
    ],
    ['an enum without', outcome(',"stop_reason":"Converged"')],
    ['integers of 64 bits', outcome(',"latency_ms":9007199254740993,"tokens":9223372036854775808')],
    ['a payload', proposal(' { "10" : [1, 1.0, -0, "}\\"" , {}] , "2" : null } ')],
    ['a payload that is a word', proposal('true')],
    ['a payload that is a number', proposal('1e2')],
    ['a float without a fraction', proposal('null', '-0')],
    ['a float of many digits', proposal('null', '0.12345678901234567')],
    ['a float with an exponent', proposal('null', '12e-1')],
  ])('is transcribed with %s', (_, json) => {
    const expected = theLongWay(json)
    expect(expected).not.toBeNull()
    expect(transcribeEnvelope(json)).toEqual(expected)
  })
})

describe('an envelope in any other text', () => {
  test('is transcribed to what it has the long way, or not at all', () => {
    const counts = { transcribed: 0, refused: 0 }
    fc.assert(
      fc.property(arbitraryEnvelope, fc.nat(), (envelope, seed) => {
        const json = mutateJson(envelopeToJson(envelope), new Random(seed))
        const transcribed = transcribeEnvelope(json)
        const expected = theLongWay(json)
        if (transcribed !== null) expect(transcribed).toEqual(expected)
        if (transcribed !== null) counts.transcribed++
        else if (expected === null) counts.refused++
      }),
      { numRuns: 5000 },
    )
    expect(counts.transcribed).toBeGreaterThan(100)
    expect(counts.refused).toBeGreaterThan(100)
  })

  test('is transcribed to what it has the long way, or not at all, wherever it is cut or a byte changed', () => {
    const json = proposal('{"a":[1,{"b":"c"}]}')
    for (let place = 0; place < json.length; place++) {
      expect(transcribeEnvelope(json.subarray(0, place))).toBeNull()
      for (const byte of [0x00, 0x20, 0x22, 0x30, 0x5c, 0x7d, 0xff]) {
        const changed = Buffer.from(json)
        changed[place] = byte
        const transcribed = transcribeEnvelope(changed)
        if (transcribed !== null) expect(transcribed).toEqual(theLongWay(changed))
      }
    }
  })

  test.each<[string, Buffer]>([
    ['a field twice', outcome(',"tokens":1,"tokens":2')],
    ['a key of a map twice', outcome(',"metadata":{"a":"1","a":"2"}')],
    ['fields in another order', outcome(',"tokens":1,"latency_ms":2')],
    ['an unknown field', outcome(',"unknown":1')],
    ['a float for an integer', outcome(',"tokens":1.0')],
    ['a leading zero', outcome(',"tokens":01')],
    ['an integer beyond 64 bits', outcome(',"tokens":18446744073709551616')],
    ['a lone surrogate', outcome(',"backend":"\\ud800"')],
    ['a raw control character', outcome(',"backend":"\u0001"')],
    ['text behind it', Buffer.concat([outcome(''), Buffer.from(' x')])],
    ['a comma at the end', outcome(',')],
    ['bytes that are no UTF-8', Buffer.concat([outcome(',"backend":"x'), Buffer.from([0xff])])],
    ['an identifier that is not allowed', outcome('', '"tenant_id":"a b","correlation_id":null')],
    ['a payload nested too deep', proposal('['.repeat(124) + ']'.repeat(124))],
    ['a float beyond 2^53', proposal('null', '9007199254740993')],
    ['more than fits', outcome(`,"backend":"${'x'.repeat(MAX_INPUT)}"`)],
  ])('is left to the reader: %s', (_, json) => {
    expect(transcribeEnvelope(json)).toBeNull()
  })
})
