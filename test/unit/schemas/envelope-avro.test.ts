import avro from 'avsc'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { envelopeAvroSchema } from '../../../schemas/avro/schema/avro-schema.ts'
import { envelopeAsWritten, envelopeDecoder, envelopeToAvro } from '../../../schemas/avro/codec/envelope-avro.ts'
import { typeOf } from '../../../schemas/avro/avsc-types/type-of.ts'
import { frame, unframe } from '../../../schemas/avro/wire-format.ts'
import { parseEnvelope, type ExperienceEventEnvelope } from '../../../schemas/contract/envelope.ts'
import { arbitraryEnvelope } from '../../conformance/arbitrary-envelope.ts'

const present = JSON.stringify(envelopeAvroSchema)
const decode = envelopeDecoder(present)

function outcome(fields: object): ExperienceEventEnvelope {
  return parseEnvelope({
    event_id: 'e',
    occurred_at: 't',
    event: { type: 'OutcomeRecorded', data: { chain_id: 'c', step: 'Planning', passed: true, ...fields } },
  })
}

const presentType = typeOf(envelopeAvroSchema)
/** Bytes of any values that the Avro schema allows. */
function written(kind: string, data: object): Buffer {
  return presentType.toBuffer({
    event_id: 'e',
    occurred_at: 't',
    tenant_id: null,
    correlation_id: null,
    event: { [`experience.${kind}`]: data },
  })
}
function hypothesisOf(formed_cycle: bigint): Buffer {
  return written('HypothesisResolved', {
    chain_id: 'c',
    fact_id: 'f',
    domain: 'd',
    claim: 'c',
    confidence: 0.5,
    outcome: 'Confirmed',
    contradiction_id: null,
    formed_cycle,
    resolved_cycle: 0n,
  })
}
function backendOf(policy_snapshot_hash: string): Buffer {
  return written('BackendInvoked', {
    backend_name: 'b',
    adapter_id: null,
    trace_link_id: 't',
    step: 'Planning',
    policy_snapshot_hash,
  })
}
function proposalOf(structured_payload: string, temperature = 0): Buffer {
  return written('ProposalCreated', {
    proposal: {
      id: 'p',
      kind: 'Plan',
      payload: '',
      structured_payload,
      trace_link: {
        'experience.RemoteTrace': {
          provider_name: '',
          provider_model_id: '',
          request_fingerprint: '',
          response_fingerprint: '',
          temperature,
          top_p: 1,
          max_tokens: 1n,
          provider_metadata: new Map(),
          retried: false,
          retry_reasons: [],
          replayability: 'None',
        },
      },
      contract_results: [],
      requires_human: false,
      confidence: null,
    },
    chain_id: 'c',
    step: 'Planning',
    policy_snapshot_hash: null,
  })
}

test('any envelope comes back equal', () => {
  fc.assert(
    fc.property(arbitraryEnvelope, (envelope) => {
      expect(decode(envelopeToAvro(envelope))).toEqual(envelope)
    }),
  )
})

test('any envelope has the bytes that avsc writes', () => {
  fc.assert(
    fc.property(arbitraryEnvelope, (envelope) => {
      const body = envelopeToAvro(envelope)
      expect(presentType.toBuffer(presentType.fromBuffer(body)).equals(body)).toBe(true)
    }),
  )
})

test('what is no envelope is not written', () => {
  const { event, ...head } = outcome({ metadata: { a: 'b' } })
  const faults: object[] = [
    { step: 'Resting' },
    { passed: 1 },
    { tokens: 1 },
    { tokens: -1n },
    { tokens: 2n ** 64n },
    { chain_id: null },
    { chain_id: undefined },
    { metadata: new Map([['a', 1]]) },
    { stop_reason: { Other: 'x' } },
  ]
  for (const fault of faults) {
    const broken = { ...head, event: { type: event.type, data: { ...event.data, ...fault } } }
    expect(() => envelopeToAvro(broken as never)).toThrow()
  }
  expect(() => envelopeToAvro({ ...head, event: { ...event, type: 'Unheard' } } as never)).toThrow()
  expect(decode(envelopeToAvro({ ...head, event }))).toEqual({ ...head, event })
})

test('unsigned 64-bit integers keep all their bits', () => {
  for (const tokens of [0n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n]) {
    expect(decode(envelopeToAvro(outcome({ tokens })))).toEqual(outcome({ tokens }))
  }
})

test('a map may have the key __proto__', () => {
  const envelope = outcome({
    metadata: new Map([
      ['__proto__', 'x'],
      ['constructor', 'y'],
      ['', 'z'],
    ]),
  })
  expect(decode(envelopeToAvro(envelope))).toEqual(envelope)
})

test('equal envelopes have equal bytes, whatever the order in which a map was filled', () => {
  const entries: [string, string][] = [
    ['\u{1F680}', '1'],
    ['\ufffd', '2'],
    ['a', '3'],
    ['', '4'],
  ]
  const bytes = envelopeToAvro(outcome({ metadata: new Map(entries) }))
  expect(envelopeToAvro(outcome({ metadata: new Map(entries.toReversed()) }))).toEqual(bytes)
})

test('a record of the log is framed with its schema id', () => {
  const body = envelopeToAvro(outcome({}))
  expect(unframe(frame(2 ** 32 - 1, body))).toEqual({ schemaId: 2 ** 32 - 1, body })
  expect(unframe(Buffer.alloc(4))).toBeNull()
  expect(unframe(Buffer.from([1, 0, 0, 0, 1, 0]))).toBeNull()
})

/** The present schema without a field, as an earlier or later version may be. */
function without(field: string): string {
  return JSON.stringify(envelopeAvroSchema, (key, value: unknown) =>
    key === 'fields' ? (value as { name: string }[]).filter(({ name }) => name !== field) : value,
  )
}

describe('bodies of another version', () => {
  test('a map that the writer did not have is the empty Map', () => {
    const writer = without('metadata')
    const type = typeOf(JSON.parse(writer))
    const body = type.toBuffer({
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
          latency_ms: 7n,
          tokens: null,
          cost_microdollars: null,
          backend: null,
        },
      },
    })
    expect(envelopeDecoder(writer)(body)).toEqual(outcome({ latency_ms: 7n }))
  })

  test('a map that the reader does not have is passed over', () => {
    const reader = typeOf(JSON.parse(without('metadata')))
    const body = envelopeToAvro(outcome({ metadata: { a: 'b', c: 'd' } }))
    expect(reader.fromBuffer(body, reader.createResolver(typeOf(envelopeAvroSchema)))).toMatchObject({ event_id: 'e' })
  })

  test('blocks with a size, as other writers make them, are read', () => {
    const body = envelopeToAvro(outcome({ metadata: { a: 'b' } }))
    // The map is the end of the body: count 1, "a", "b", count 0. Negative counts are followed by a size.
    const tail = Buffer.from([2, 2, 0x61, 2, 0x62, 0])
    expect(body.subarray(-tail.length)).toEqual(tail)
    const sized = Buffer.concat([body.subarray(0, -tail.length), Buffer.from([1, 8, 2, 0x61, 2, 0x62, 0])])
    expect(decode(sized)).toEqual(outcome({ metadata: { a: 'b' } }))
  })
})

describe('longs of a schema that is not ours', () => {
  const schema = without('metadata')
  const type = typeOf(JSON.parse(schema))
  const foreign = (tokens: bigint): Buffer =>
    type.toBuffer({
      ...outcome({}),
      event: {
        'experience.OutcomeRecorded': {
          chain_id: 'c',
          step: 'Planning',
          passed: true,
          stop_reason: null,
          latency_ms: null,
          tokens: BigInt.asUintN(64, tokens),
          cost_microdollars: null,
          backend: null,
        },
      },
    })

  test.each([-1n, -(2n ** 63n)])('are signed: %s is refused with the field named, and shown as it is', (tokens) => {
    const message = `event.data.tokens: must be an unsigned 64-bit integer, and is ${tokens}`
    expect(() => envelopeDecoder(schema)(foreign(tokens))).toThrow(
      expect.objectContaining({ code: 'InvalidQuery', field: 'event.data.tokens', message }),
    )
    expect(envelopeAsWritten(schema, foreign(tokens))).toContain(`"tokens":${tokens}`)
  })

  test.each([0n, 7n, 2n ** 63n - 1n])('are read up to 2⁶³−1: %s', (tokens) => {
    expect(envelopeDecoder(schema)(foreign(tokens))).toEqual(outcome({ tokens }))
  })

  test.each(['int', { type: 'long', logicalType: 'count' }])('are signed as %j too', (other) => {
    const otherSchema = JSON.stringify(JSON.parse(schema), (_, value: unknown) =>
      Array.isArray(value) && value.length === 2 && value[1] === 'long' ? ['null', other] : value,
    )
    // -1 is the same byte as int and as long.
    expect(() => envelopeDecoder(otherSchema)(foreign(-1n))).toThrow('event.data.tokens: must be an unsigned')
    expect(envelopeDecoder(otherSchema)(foreign(7n))).toEqual(outcome({ tokens: 7n }))
  })
})

test('a schema is ours with other documentation, and with attributes that mean nothing for its form', () => {
  const documented = JSON.stringify(envelopeAvroSchema, (key, value: unknown) => (key === 'doc' ? 'theirs' : value))
  const body = envelopeToAvro(outcome({ tokens: 2n ** 64n - 1n }))
  expect(envelopeDecoder(documented)(body)).toEqual(outcome({ tokens: 2n ** 64n - 1n }))
  expect(envelopeAsWritten(documented, body)).toContain('"tokens":18446744073709551615')
})

describe('bytes that are no envelope', () => {
  const proposal = proposalOf('{"a":[1,"x"]}')

  test('each cut is refused', () => {
    for (let end = 0; end < proposal.length; end++) expect(() => decode(proposal.subarray(0, end))).toThrow()
    expect(() => decode(Buffer.concat([proposal, Buffer.alloc(1)]))).toThrow()
  })

  test('a changed byte is refused or gives an envelope that can be written, and never takes long', () => {
    for (let at = 0; at < proposal.length; at++) {
      for (const byte of [0, 1, 0x7f, 0x80, 0xff]) {
        const changed = Buffer.from(proposal)
        changed[at] = byte
        const decoded = attempt(() => decode(changed))
        if (decoded !== null) envelopeToAvro(decoded)
      }
    }
  })

  test.each([
    ['a map', [2, 0x61]],
    ['a map with a size', [1, 2]],
  ])('%s of more entries than bytes is refused at once', () => {
    const body = envelopeToAvro(outcome({ metadata: { a: 'b' } })).subarray(0, -6)
    const hugeCounts = [
      [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 2],
    ]
    for (const count of hugeCounts) {
      expect(() => decode(Buffer.concat([body, Buffer.from(count), Buffer.alloc(64)]))).toThrow(
        'more items than there are bytes',
      )
    }
  })

  test('an array of more items than bytes is refused at once', () => {
    const envelope = parseEnvelope({
      event_id: 'e',
      occurred_at: 't',
      event: {
        type: 'ProposalValidated',
        data: {
          proposal_id: 'p',
          chain_id: 'c',
          step: 'Planning',
          contract_results: [],
          all_passed: true,
          validator: '',
        },
      },
    })
    const body = envelopeToAvro(envelope)
    const arrayAt = body.length - 3
    expect(body.subarray(arrayAt)).toEqual(Buffer.from([0, 1, 0]))
    const huge = Buffer.from([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f])
    expect(() => decode(Buffer.concat([body.subarray(0, arrayAt), huge, Buffer.alloc(64)]))).toThrow(
      'more items than there are bytes',
    )
  })
})

function attempt(read: () => ExperienceEventEnvelope): ExperienceEventEnvelope | null {
  try {
    return read()
  } catch {
    return null
  }
}

describe('values that the Avro schema allows and the contract does not', () => {
  const PAYLOAD = 'event.data.proposal.structured_payload'
  test.each([
    ['a 32-bit integer of 33 bits', hypothesisOf(2n ** 32n), 'event.data.formed_cycle', /unsigned 32-bit integer$/],
    ['a negative 32-bit integer', hypothesisOf(2n ** 64n - 1n), 'event.data.formed_cycle', /unsigned 32-bit integer$/],
    ['a hash that is none', backendOf('sha256:00'), 'event.data.policy_snapshot_hash', /exactly 64 hex digits$/],
    ['a payload that is no JSON', proposalOf('1},"x":{'), PAYLOAD, /must be JSON text: /],
    ['a payload that is too deep', proposalOf('['.repeat(124) + ']'.repeat(124)), PAYLOAD, /too deeply/],
  ])('%s is refused with the field named', (_, body, field, message) => {
    expect(() => decode(body)).toThrow(
      expect.objectContaining({ code: 'InvalidQuery', field, message: expect.stringMatching(message) as string }),
    )
  })

  test('are shown as they are to who will correct them', () => {
    const shown = (body: Buffer): unknown => JSON.parse(envelopeAsWritten(present, body))
    expect(shown(hypothesisOf(2n ** 64n - 1n))).toMatchObject({ event: { data: { formed_cycle: -1 } } })
    expect(shown(hypothesisOf(2n ** 32n))).toMatchObject({ event: { data: { formed_cycle: 2 ** 32 } } })
    expect(shown(backendOf('sha256:00'))).toMatchObject({ event: { data: { policy_snapshot_hash: 'sha256:00' } } })
    expect(shown(proposalOf('1},"x":{'))).toMatchObject({
      event: { data: { proposal: { structured_payload: '1},"x":{' } } },
    })
    expect(() => shown(proposalOf('').subarray(1))).toThrow()
  })

  test('an upper-case hash is taken in lower case, as from JSON', () => {
    expect(decode(backendOf('AbCd'.repeat(16))).event).toMatchObject({
      data: { policy_snapshot_hash: 'abcd'.repeat(16) },
    })
  })

  test('a payload is normalised, a float rounded to its width', () => {
    const { event } = decode(proposalOf(' {"a": 1e2}\n', 0.1))
    expect(event).toMatchObject({
      data: {
        proposal: { structured_payload: { text: '{"a":100.0}' }, trace_link: { temperature: Math.fround(0.1) } },
      },
    })
    expect(decode(proposalOf(' null')).event).toMatchObject({ data: { proposal: { structured_payload: null } } })
  })

  test('a schema of other records is refused as a whole', () => {
    const other = JSON.stringify({ type: 'record', name: 'Other', fields: [] })
    expect(() => envelopeDecoder(other)).toThrow()
    expect(avro.Type.forSchema(JSON.parse(other) as avro.Schema).typeName).toBe('record')
  })
})
