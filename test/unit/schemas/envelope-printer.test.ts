import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { envelopeAvroSchema } from '../../../schemas/avro/schema/avro-schema.ts'
import { UNUSUAL } from '../../../schemas/avro/printer/avro-cursor.ts'
import { envelopeDecoder, envelopeToAvro } from '../../../schemas/avro/codec/envelope-avro.ts'
import { typeOf } from '../../../schemas/avro/avsc-types/type-of.ts'
import { EnvelopePrinter, EVENT_ID } from '../../../schemas/avro/printer/envelope-printer.ts'
import { parseEnvelope, validateEnvelope } from '../../../schemas/contract/envelope.ts'
import { envelopeToJson, eventDataToJson } from '../../../schemas/json/envelope-json.ts'
import { arbitraryEnvelope } from '../../conformance/arbitrary-envelope.ts'

const decode = envelopeDecoder(JSON.stringify(envelopeAvroSchema))
const printer = new EnvelopePrinter([])

/** The JSON text of a body, or null where it is left to the decoder. */
function printed(body: Uint8Array, at = 0): string | null {
  try {
    printer.read(body, at)
  } catch (error) {
    if (error === UNUSUAL) return null
    throw error
  }
  return printer.json.buffer.toString('utf8', 0, printer.json.length)
}

/** The JSON text of a body by way of an object; null where it is no valid envelope. */
function decoded(body: Buffer): string | null {
  try {
    const envelope = decode(body)
    validateEnvelope(envelope)
    return envelopeToJson(envelope)
  } catch {
    return null
  }
}

describe('an envelope printed from its Avro bytes', () => {
  test('is byte for byte what its object is written as, whatever it holds', () => {
    fc.assert(
      fc.property(arbitraryEnvelope, fc.nat({ max: 9 }), (envelope, at) => {
        const body = Buffer.concat([Buffer.alloc(at, 0xff), envelopeToAvro(envelope)])
        expect(printed(body, at)).toBe(envelopeToJson(envelope))
        expect(printer.kind).toBe(envelope.event.type)
        expect(printer.text(EVENT_ID)).toBe(envelope.event_id)
        const [start, end] = printer.payload
        expect(printer.json.buffer.toString('utf8', start, end)).toBe(eventDataToJson(envelope.event))
      }),
      { numRuns: 2000 },
    )
  })

  test('is printed only where the decoder reads the same, whatever became of the bytes', () => {
    const change = fc.record({ place: fc.nat(), byte: fc.nat({ max: 255 }), length: fc.nat() })
    let same = 0
    fc.assert(
      fc.property(arbitraryEnvelope, fc.array(change, { minLength: 1, maxLength: 3 }), (envelope, changes) => {
        let body = envelopeToAvro(envelope)
        for (const { place, byte, length } of changes) {
          body[place % body.length] = byte
          if (length % 5 === 0) body = body.subarray(0, 1 + (length % body.length))
        }
        const text = printed(body)
        if (text === null) return
        expect(text).toBe(decoded(body))
        same++
      }),
      { numRuns: 20_000 },
    )
    expect(same).toBeGreaterThan(100)
  })

  const type = typeOf(envelopeAvroSchema)
  const outcome = (data: object, head: object = {}): Buffer =>
    type.toBuffer({
      event_id: 'e',
      occurred_at: 't',
      tenant_id: null,
      correlation_id: null,
      event: {
        'experience.OutcomeRecorded': {
          chain_id: 'c',
          step: 'Planning',
          passed: true,
          stop_reason: null,
          latency_ms: null,
          tokens: null,
          cost_microdollars: null,
          backend: null,
          metadata: new Map(),
          ...data,
        },
      },
      ...head,
    })

  test.each([
    ['an empty id', outcome({}, { event_id: '' })],
    ['an id of other characters', outcome({}, { event_id: 'a b' })],
    ['a long id', outcome({}, { event_id: 'x'.repeat(257) })],
    ['a long time', outcome({}, { occurred_at: 'x'.repeat(65) })],
    ['a tenant of other characters', outcome({}, { tenant_id: 'é' })],
    [
      'an unsorted map',
      outcome({
        metadata: new Map([
          ['b', ''],
          ['a', ''],
        ]),
      }),
    ],
    ['bytes behind the end', Buffer.concat([outcome({}), Buffer.of(0)])],
    ['text that is not UTF-8', Buffer.from(outcome({ chain_id: 'ü' }).map((byte) => (byte === 0xbc ? 0xff : byte)))],
    ['nothing', Buffer.alloc(0)],
  ])('leaves %s to the decoder', (_, body) => {
    expect(printed(body)).toBeNull()
    expect(printed(outcome({}))).not.toBeNull()
  })

  test('takes the longest of everything', () => {
    expect(printed(outcome({ tokens: 2n ** 64n - 1n, chain_id: 'x'.repeat(1e6) }, { event_id: 'x'.repeat(256) }))).toBe(
      envelopeToJson(
        parseEnvelope({
          event_id: 'x'.repeat(256),
          occurred_at: 't',
          event: {
            type: 'OutcomeRecorded',
            data: { chain_id: 'x'.repeat(1e6), step: 'Planning', passed: true, tokens: 2n ** 64n - 1n },
          },
        }),
      ),
    )
  })
})
