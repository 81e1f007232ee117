import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseEnvelope } from '../../../schemas/contract/envelope.ts'
import { JsonText } from '../../../schemas/contract/json-text.ts'
import { envelopeFromStoredJson, envelopeToJson } from '../../../schemas/json/envelope-json.ts'
import { envelopeFromJson, handedOut, handedOutTrace } from '../../../schemas/json/handed-out.ts'
import { arbitraryEnvelope } from '../../conformance/arbitrary-envelope.ts'

/** Whether JavaScript can print any number. */
const isExact = 'rawJSON' in JSON

function read(type: string, data: object): ReturnType<typeof envelopeFromJson> {
  const event = { type, data }
  return envelopeFromJson(envelopeToJson(parseEnvelope({ event_id: 'e', occurred_at: '2026-04-23T09:14:07Z', event })))
}

const outcome = {
  chain_id: 'c',
  step: 'Planning',
  passed: true,
  tokens: 1450n,
  metadata: { b: '2', ['__proto__']: 'x' },
}
const remoteTrace = {
  type: 'Remote',
  provider_name: 'p',
  provider_model_id: 'm',
  request_fingerprint: '',
  response_fingerprint: '',
  temperature: 0.7,
  top_p: 0.5,
  max_tokens: 64,
  provider_metadata: { region: 'eu' },
  retried: false,
  retry_reasons: [],
  replayability: 'None',
}
function proposal(structured_payload: JsonText): object {
  return {
    proposal: {
      id: 'p',
      kind: 'Plan',
      payload: '',
      structured_payload,
      trace_link: remoteTrace,
      contract_results: [],
      requires_human: false,
    },
    chain_id: 'c',
    step: 'Planning',
  }
}

describe('JSON.stringify prints', () => {
  const envelope = read('OutcomeRecorded', outcome)
  const text = envelopeToJson(envelope)

  test('an envelope as the contract says', () => {
    expect(text).toContain('"tokens":1450,')
    expect(text).toContain('"metadata":{"__proto__":"x","b":"2"}')
    expect(JSON.stringify(envelope)).toBe(text)
    expect(JSON.stringify({ events: [envelope], next: null })).toBe(`{"events":[${text}],"next":null}`)
  })

  test('its event, the event in a copy of the envelope, and the data of the event', () => {
    const event = text.slice(text.indexOf('"event":') + 8, -1)
    expect(JSON.stringify(envelope.event)).toBe(event)
    expect(JSON.stringify({ ...envelope, seen: true })).toBe(`${text.slice(0, -1)},"seen":true}`)
    expect(JSON.stringify(envelope.event.data)).toBe(event.slice(event.indexOf('"data":') + 7, -1))
  })

  test('a map of an event', () => {
    assert(envelope.event.type === 'OutcomeRecorded')
    expect(JSON.stringify(envelope.event.data.metadata)).toBe('{"__proto__":"x","b":"2"}')
    const routing = {
      truth_preferences: {},
      risk_tier_backends: { High: ['a', 'b'] },
      data_classification_backends: {},
      default_backend: 'local',
    }
    const { event } = read('PolicySnapshotCaptured', {
      policy_id: 'p',
      policy: { type: 'Routing', policy: routing },
      snapshot_hash: '0'.repeat(64),
      captured_by: 'me',
    })
    assert(event.type === 'PolicySnapshotCaptured')
    expect(JSON.stringify(event.data.policy)).toBe(JSON.stringify({ type: 'Routing', policy: routing }))
  })

  test('a replay trace', () => {
    const { event } = read('ReplayTraceRecorded', {
      trace_link_id: 't',
      trace_link: { ...remoteTrace, temperature: 0.5 },
    })
    assert(event.type === 'ReplayTraceRecorded')
    const trace = handedOutTrace(event.data.trace_link)
    expect(JSON.parse(JSON.stringify(trace))).toEqual({ ...remoteTrace, temperature: 0.5 })
  })

  test('a payload of any JSON', () => {
    const payload = JsonText.parse('{"b":[1,"x",null,{"__proto__":true}],"a":0.25}')
    expect(JSON.stringify({ payload })).toBe(`{"payload":${payload.text}}`)
  })

  test.each(['18446744073709551615', '-9007199254740993', '-0.0'])(
    'the number %s as the contract does, or throws where JavaScript cannot print it',
    (number) => {
      const proposed = read('ProposalCreated', proposal(JsonText.parse(`{"n":${number},"whole":1.0,"small":1e-7}`)))
      if (isExact) expect(JSON.stringify(proposed)).toBe(envelopeToJson(proposed))
      else expect(() => JSON.stringify(proposed)).toThrow('use envelopeToJson')
    },
  )

  test('what reads back as the same event, for all events', () => {
    let printed = 0
    const property = fc.property(arbitraryEnvelope, (given) => {
      // Keys like integers move to the front of JavaScript objects.
      const json = envelopeToJson(parseEnvelope(given))
      fc.pre(!/"\d+":/.test(json))
      const stored = handedOut(envelopeFromStoredJson(json))
      if (isExact) expect(JSON.stringify(stored)).toBe(json)
      else {
        const printedText = textOrNull(stored)
        if (printedText === null) return
        expect(JSON.parse(printedText)).toEqual(JSON.parse(json))
        expect(envelopeFromStoredJson(printedText).event_id).toBe(stored.event_id)
      }
      printed++
    })
    fc.assert(property, { numRuns: 300 })
    expect(printed).toBeGreaterThan(30)
  })
})

function textOrNull(value: unknown): string | null {
  try {
    return JSON.stringify(value)
  } catch (error) {
    assert(error instanceof TypeError)
    return null
  }
}

test('comparisons, copies and clones do not see what prints an envelope', () => {
  const envelope = read('OutcomeRecorded', outcome)
  const literal = {
    event_id: 'e',
    occurred_at: '2026-04-23T09:14:07Z',
    tenant_id: null,
    correlation_id: null,
    event: {
      type: 'OutcomeRecorded',
      data: {
        chain_id: 'c',
        step: 'Planning',
        passed: true,
        stop_reason: null,
        latency_ms: null,
        tokens: 1450n,
        cost_microdollars: null,
        backend: null,
        metadata: new Map([
          ['__proto__', 'x'],
          ['b', '2'],
        ]),
      },
    },
  }
  expect(envelope).toStrictEqual(literal)
  assert.deepStrictEqual(envelope, literal)
  expect(structuredClone(envelope)).toStrictEqual(literal)
  expect(Object.keys(envelope)).toEqual(Object.keys(literal))
  expect(envelopeToJson(structuredClone(envelope))).toBe(envelopeToJson(envelope))
})
