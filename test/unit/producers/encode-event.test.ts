import { expect, test } from 'vitest'
import type { SchemaId, SchemaRegistry } from '../../../log/schema-registry.ts'
import { TenantTopics } from '../../../log/tenant-topics.ts'
import { AppendClock } from '../../../producers/append-clock.ts'
import { EventEncoder } from '../../../producers/encode-event.ts'
import { simulateFleet } from '../../../producers/fleet/simulate-fleet.ts'
import { ENVELOPE_SUBJECT, envelopeAvroSchema } from '../../../schemas/avro/schema/avro-schema.ts'
import { envelopeDecoder } from '../../../schemas/avro/codec/envelope-avro.ts'
import { unframe } from '../../../schemas/avro/wire-format.ts'
import { parseEnvelope, type ExperienceEventEnvelope } from '../../../schemas/contract/envelope.ts'
import { ExperienceError } from '../../../base/experience-error.ts'
import { envelopeToJson } from '../../../schemas/json/envelope-json.ts'

const registered: { subject: string; schema: string }[] = []
const registry: SchemaRegistry = {
  register: async (subject, schema) => {
    registered.push({ subject, schema })
    return 70_000 as SchemaId
  },
  describe: async () => ({ isRegistered: false, versions: 0, compatibility: null }),
  schemaById: async () => null,
  close: async () => {},
}
const topics = new TenantTopics('test')
const encoder = await EventEncoder.create({ registry, topics, clock: new AppendClock(() => 1234) })

function budgetExceeded(chainId: string, ids: Partial<ExperienceEventEnvelope> = {}): ExperienceEventEnvelope {
  return parseEnvelope({
    event_id: 'evt-1',
    occurred_at: '2026-04-23T12:00:00Z',
    ...ids,
    event: { type: 'BudgetExceeded', data: { chain_id: chainId, resource: 'Tokens', limit: '10' } },
  })
}

function factPromoted(ids: Partial<ExperienceEventEnvelope> = {}): ExperienceEventEnvelope {
  return parseEnvelope({
    event_id: 'evt-2',
    occurred_at: '2026-04-23T12:00:00Z',
    ...ids,
    event: {
      type: 'FactPromoted',
      data: { proposal_id: 'p', fact_id: 'f', promoted_by: 'a', reason: 'r', requires_human: false },
    },
  })
}

function keyOf(envelope: ExperienceEventEnvelope): string | null {
  return encoder.encode(envelope).record.key
}

test('registers the envelope schema under its subject', () => {
  expect(registered).toEqual([{ subject: ENVELOPE_SUBJECT, schema: JSON.stringify(envelopeAvroSchema) }])
})

test('keys a record by correlation id, else chain id, else event id', () => {
  expect(keyOf(budgetExceeded('chain-1', { correlation_id: 'run-1' }))).toBe('run-1')
  expect(keyOf(budgetExceeded('chain-1'))).toBe('chain-1')
  expect(keyOf(factPromoted())).toBe('evt-2')
  expect(keyOf(factPromoted({ correlation_id: 'run-1' }))).toBe('run-1')
})

test('takes any text as a chain id for the key', () => {
  expect(keyOf(budgetExceeded(''))).toBe('')
  expect(keyOf(budgetExceeded('ключ\n\u0000'))).toBe('ключ\n\u0000')
  expect(keyOf(budgetExceeded('x'.repeat(100_000)))).toHaveLength(100_000)
})

test('names kind and event id in the headers, and takes the time from the clock', () => {
  const { record } = encoder.encode(factPromoted())
  expect(record.headers).toEqual({ kind: 'FactPromoted', event_id: 'evt-2' })
  expect(record.timestamp).toBe(1234)
})

test('tells in a header which of a millisecond’s appends a record is, from the second topic on', () => {
  const sequences = ['a', 'b', 'b', 'a'].map((tenant_id) => encoder.encode(factPromoted({ tenant_id })).record.headers)
  const [first, ...others] = sequences.map(({ sequence }) => Number(sequence))
  expect(others.map((each) => each - (first ?? 0))).toEqual([1, 1, 2])
  expect(encoder.encode(factPromoted(), { timestamp: 7, sequence: 0 }).record).toMatchObject({
    timestamp: 7,
    headers: { kind: 'FactPromoted', event_id: 'evt-2' },
  })
})

test('stamps a record anew', () => {
  const request = encoder.encode(factPromoted(), { timestamp: 7, sequence: 3 })
  const { record } = encoder.stampAnew(request)
  expect(record.timestamp).toBe(1234)
  expect(record.headers['sequence']).not.toBe('3')
  expect({ ...record, headers: null, timestamp: 0 }).toEqual({ ...request.record, headers: null, timestamp: 0 })
})

test('sends an event to the topic of its tenant', () => {
  expect(encoder.encode(factPromoted({ tenant_id: 'a_b' })).topic).toBe(topics.topic('events', 'a_b'))
  expect(encoder.encode(factPromoted()).topic).toBe(topics.topic('events', null))
})

test('forgets topics of tenants rather than remember every tenant there ever was', () => {
  for (let index = 0; index < 25_000; index++) encoder.topicOf(`tenant-${index}`)
  expect(encoder.topicOf('tenant-3')).toBe(topics.topic('events', 'tenant-3'))
})

test('writes the Confluent wire format, which reads back as the same event', () => {
  const decode = envelopeDecoder(JSON.stringify(envelopeAvroSchema))
  for (const envelope of simulateFleet({ seed: 5, events: 300 })) {
    const parts = unframe(encoder.encode(envelope).record.value!)
    expect(parts?.schemaId).toBe(70_000)
    expect(decode(parts!.body)).toEqual(envelope)
  }
})

test('makes the same record of an event and of its JSON text, in the form of the reference or another', () => {
  for (const envelope of simulateFleet({ seed: 6, events: 300 })) {
    const text = envelopeToJson(envelope)
    expect(encoder.encodeJson(Buffer.from(text))).toEqual(encoder.encode(envelope))
    const another = text.replace('{"event_id":', '{"unknown":1,"event_id":')
    expect(encoder.encodeJson(Buffer.from(another))).toEqual(encoder.encode(envelope))
  }
  for (const envelope of [factPromoted(), budgetExceeded('chain-1'), budgetExceeded('ключ')]) {
    expect(encoder.encodeJson(Buffer.from(envelopeToJson(envelope)))).toEqual(encoder.encode(envelope))
  }
})

test('refuses JSON text that is at fault, by field', () => {
  const refused = (json: string): unknown => {
    try {
      return encoder.encodeJson(Buffer.from(json))
    } catch (error) {
      return error
    }
  }
  const text = envelopeToJson(factPromoted())
  expect(refused(text.replace('"evt-2"', '"evt 2"'))).toMatchObject({ code: 'InvalidQuery', field: 'event_id' })
  expect(refused(text.replace('"r"', '7'))).toMatchObject({ code: 'InvalidQuery', field: 'event.data.reason' })
  expect(refused(text.slice(1))).toMatchObject({ code: 'InvalidQuery', field: 'document' })
})

test('refuses what was passed as valid and is not', () => {
  const broken = { ...factPromoted(), occurred_at: 5 } as never
  expect(() => encoder.encode(broken)).toThrow(ExperienceError)
  expect(() => encoder.encode(broken)).toThrow('event: does not fit the Avro schema')
})

test('gives events without tenant the one whose events are taken, in JSON and in Avro, and refuses those of others', () => {
  const none = () => null
  for (const envelope of simulateFleet({ seed: 8, events: 200 })) {
    const framed = encoder.encode({ ...envelope, tenant_id: null }).record.value!
    const foreign = encoder.encode({ ...envelope, tenant_id: 'rival' }).record.value!
    // The last, since going to another topic counts in the stamp.
    const expected = encoder.encode({ ...envelope, tenant_id: 'acme' })
    const text = envelopeToJson({ ...envelope, tenant_id: null })
    expect(encoder.encodeJson(Buffer.from(text), 'acme')).toEqual(expected)
    expect(encoder.encodeJson(Buffer.from(text.replace('{', '{"unknown":1,')), 'acme')).toEqual(expected)
    expect(encoder.encodeAvro(framed, 'acme', none)).toEqual(expected)
    expect(encoder.encodeAvro(expected.record.value!, 'acme', none)).toEqual(expected)
    expect(encoder.encodeAvro(expected.record.value!, null, none)).toEqual(expected)
    expect(() => encoder.encodeAvro(foreign, 'acme', none)).toThrow(/tenant_id/)
    expect(() => encoder.encodeJson(Buffer.from(envelopeToJson({ ...envelope, tenant_id: 'rival' })), 'acme')).toThrow(
      /tenant_id/,
    )
  }
})
