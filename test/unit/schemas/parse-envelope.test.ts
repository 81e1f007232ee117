import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseEnvelope } from '../../../schemas/contract/envelope.ts'
import { JsonText } from '../../../schemas/contract/json-text.ts'
import { envelopeFromJson, envelopeToJson } from '../../../schemas/json/envelope-json.ts'
import { arbitraryEnvelope } from '../../conformance/arbitrary-envelope.ts'

function envelope(type: string, data: object): unknown {
  return { event_id: 'e', occurred_at: 't', event: { type, data } }
}
function outcome(fields: object): unknown {
  return envelope('OutcomeRecorded', { chain_id: 'c', step: 'Planning', passed: true, ...fields })
}
function budget(resource: unknown): unknown {
  return envelope('BudgetExceeded', { chain_id: 'c', resource, limit: '1' })
}
function hypothesis(fields: object): unknown {
  return envelope('HypothesisResolved', {
    chain_id: 'c',
    fact_id: 'f',
    domain: 'd',
    claim: 'c',
    confidence: 0.5,
    outcome: 'Confirmed',
    formed_cycle: 1,
    resolved_cycle: 2,
    ...fields,
  })
}
const remoteTrace = {
  type: 'Remote',
  provider_name: '',
  provider_model_id: '',
  request_fingerprint: '',
  response_fingerprint: '',
  temperature: 0.1,
  top_p: 1,
  max_tokens: 1,
  provider_metadata: {},
  retried: false,
  retry_reasons: [],
  replayability: 'None',
}
function proposal(structured_payload: unknown): unknown {
  return envelope('ProposalCreated', {
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
  })
}

function dataText(input: unknown): string {
  const text = envelopeToJson(parseEnvelope(input))
  return text.slice(text.indexOf('"data":') + 7, -2)
}

function fault(input: unknown): unknown {
  try {
    return parseEnvelope(input)
  } catch (error) {
    return error
  }
}

test('any envelope is taken as it is', () => {
  fc.assert(
    fc.property(arbitraryEnvelope, (given) => {
      expect(parseEnvelope(given)).toEqual(given)
    }),
  )
})

describe('what may be left out', () => {
  test('optional fields become null, the empty map is made', () => {
    const { tenant_id, correlation_id, event } = parseEnvelope(outcome({}))
    expect({ tenant_id, correlation_id, event }).toEqual({
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
          tokens: null,
          cost_microdollars: null,
          backend: null,
          metadata: new Map(),
        },
      },
    })
  })

  test('a default that is filled in belongs to one envelope', () => {
    const [one, other] = [parseEnvelope(outcome({})), parseEnvelope(outcome({}))]
    const metadata = ({ event }: typeof one): unknown => 'metadata' in event.data && event.data.metadata
    expect(metadata(one)).toBeInstanceOf(Map)
    expect(metadata(one)).not.toBe(metadata(other))
  })

  test('null is no default', () => {
    expect(fault(outcome({ metadata: null }))).toMatchObject({ code: 'InvalidQuery', field: 'event.data.metadata' })
  })
})

describe('what callers may write instead', () => {
  test('safe integers for 64-bit integers', () => {
    expect(dataText(outcome({ tokens: 5, latency_ms: -0, cost_microdollars: 2 ** 53 - 1 }))).toContain(
      '"latency_ms":0,"tokens":5,"cost_microdollars":9007199254740991',
    )
    expect(dataText(outcome({ tokens: 2n ** 64n - 1n }))).toContain('"tokens":18446744073709551615')
  })

  test('plain objects for maps', () => {
    const metadata = JSON.parse('{"b":"1","__proto__":"2","a":"3"}') as unknown
    expect(dataText(outcome({ metadata }))).toContain('"metadata":{"__proto__":"2","a":"3","b":"1"}')
    expect(dataText(outcome({ metadata: Object.assign(Object.create(null), { a: '1' }) }))).toContain('{"a":"1"}')
  })

  test('plain values for JSON', () => {
    expect(dataText(proposal({ b: [1, 0.5], a: 2n ** 63n }))).toContain(
      '"structured_payload":{"b":[1,0.5],"a":9223372036854775808}',
    )
    expect(dataText(proposal(JsonText.parse('{"10":1.0,"9":2}')))).toContain('"structured_payload":{"10":1.0,"9":2}')
  })

  test.each([null, undefined, Number.NaN, JsonText.parse('null')])(
    'a payload that prints as null is none',
    (payload) => {
      expect(dataText(proposal(payload))).toContain('"structured_payload":null')
      const { event } = parseEnvelope(proposal(payload))
      expect(event).toMatchObject({ data: { proposal: { structured_payload: null } } })
    },
  )

  test('upper-case hashes and doubles for 32-bit floats', () => {
    const text = dataText(
      envelope('BackendInvoked', {
        backend_name: 'b',
        trace_link_id: 't',
        step: 'Planning',
        policy_snapshot_hash: 'AB'.repeat(32),
      }),
    )
    expect(text).toContain(`"${'ab'.repeat(32)}"`)
    const trace = { ...remoteTrace, temperature: 0.123456789 }
    expect(dataText(envelope('ReplayTraceRecorded', { trace_link_id: 't', trace_link: trace }))).toContain(
      '"temperature":0.12345679',
    )
  })

  test('fields that the contract does not have, which are dropped', () => {
    const given = outcome({ zz: 1, ['__proto__']: { polluted: true } })
    expect(parseEnvelope(given)).toEqual(parseEnvelope(outcome({})))
    expect('polluted' in {}).toBe(false)
  })

  test('a getter, which is read once', () => {
    let reads = 0
    const given = {
      ...(outcome({}) as object),
      get event_id() {
        return reads++ === 0 ? 'first' : 'not / valid'
      },
    }
    expect(parseEnvelope(given).event_id).toBe('first')
  })
})

describe('what is refused, with the field', () => {
  test.each([
    ['nothing', undefined, 'document'],
    ['null', null, 'document'],
    ['an array', [], 'document'],
    ['no event', { event_id: 'e', occurred_at: 't' }, 'event'],
    ['an id that is a number', { ...(outcome({}) as object), event_id: 1 }, 'event_id'],
    ['an id with a slash', { ...(outcome({}) as object), event_id: 'a/b' }, 'event_id'],
    ['an unknown kind', envelope('Nope', {}), 'event.type'],
    ['a kind called __proto__', envelope('__proto__', {}), 'event.type'],
    ['a label for a kind', envelope('budget_exceeded', {}), 'event.type'],
    ['a negative count', outcome({ tokens: -1 }), 'event.data.tokens'],
    ['a fraction', outcome({ tokens: 1.5 }), 'event.data.tokens'],
    ['an integer that is not safe', outcome({ tokens: 2 ** 53 }), 'event.data.tokens'],
    ['2^64', outcome({ tokens: 2n ** 64n }), 'event.data.tokens'],
    ['a count as text', outcome({ tokens: '5' }), 'event.data.tokens'],
    ['2^32', hypothesis({ resolved_cycle: 2 ** 32 }), 'event.data.resolved_cycle'],
    ['a float as text', hypothesis({ confidence: '0.5' }), 'event.data.confidence'],
    ['a float as bigint', hypothesis({ confidence: 1n }), 'event.data.confidence'],
    ['a boolean as number', outcome({ passed: 1 }), 'event.data.passed'],
    ['a word in lower case', outcome({ step: 'planning' }), 'event.data.step'],
    ['a lone surrogate', outcome({ chain_id: 'a\ud800' }), 'event.data.chain_id'],
    ['a lone surrogate in a map', outcome({ metadata: { a: '\udc00' } }), 'event.data.metadata.a'],
    ['a lone surrogate in a payload', proposal(['\ud800']), 'event.data.proposal.structured_payload'],
    [
      'a payload too deep',
      proposal(JSON.parse('['.repeat(124) + ']'.repeat(124))),
      'event.data.proposal.structured_payload',
    ],
    ['a key that is a number', outcome({ metadata: new Map([[1, 'x']]) }), 'event.data.metadata'],
    ['a value of a map that is a number', outcome({ metadata: { a: 1 } }), 'event.data.metadata.a'],
    ['a Set for a map', outcome({ metadata: new Set(['a']) }), 'event.data.metadata'],
    ['a Date for a map', outcome({ metadata: new Date(0) }), 'event.data.metadata'],
    ['an array for a map', outcome({ metadata: ['a'] }), 'event.data.metadata'],
    ['an unknown stop reason', outcome({ stop_reason: 'Nope' }), 'event.data.stop_reason'],
    [
      'two stop reasons',
      outcome({ stop_reason: { CriteriaMet: { criteria: [] }, Nope: 1 } }),
      'event.data.stop_reason',
    ],
    [
      'a fault in a stop reason',
      outcome({ stop_reason: { CriteriaMet: { criteria: [1] } } }),
      'event.data.stop_reason.CriteriaMet.criteria[0]',
    ],
    ['an unlisted resource', budget('tokens'), 'event.data.resource'],
    ['a bare Other', budget('Other'), 'event.data.resource'],
    ['an Other that is a number', budget({ Other: 1 }), 'event.data.resource.Other'],
    [
      'an unknown trace',
      envelope('ReplayTraceRecorded', { trace_link_id: 't', trace_link: { type: 'X' } }),
      'event.data.trace_link.type',
    ],
  ])('%s', (_, input, field) => {
    expect(fault(input)).toMatchObject({ name: 'ExperienceError', code: 'InvalidQuery', field })
  })
})

test('an object and its JSON text are the same envelope', () => {
  const given = outcome({ stop_reason: { Error: { message: 'm', category: 'Internal' } }, metadata: { a: 'b' } })
  expect(parseEnvelope(given)).toEqual(envelopeFromJson(JSON.stringify(given)))
})
