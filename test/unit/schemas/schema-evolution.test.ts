import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ENVELOPE_VERSION } from '../../../schemas/avro/schema/avro-schema.ts'
import { UnknownWord } from '../../../schemas/avro/codec/contract-fault.ts'
import { envelopeDecoder, envelopeToAvro } from '../../../schemas/avro/codec/envelope-avro.ts'
import { evolutionFault } from '../../../schemas/avro/schema/evolution-fault.ts'
import { releasedSchemas } from '../../../build/generate-avsc.ts'
import { ExperienceEventEnvelope } from '../../../schemas/contract/envelope.ts'
import type { StructForm } from '../../../schemas/wire-form.ts'
import { normaliseSchema } from '../../../log/normalise-schema.ts'
import { arbitraryEnvelope } from '../../conformance/arbitrary-envelope.ts'
import {
  aField,
  presentForm,
  release,
  withField,
  withoutField,
  withoutVariant,
  withoutWord,
  withVariant,
  withWord,
  writerOf,
  type AnyEnvelope,
} from '../../schema-versions.ts'
import { budgetExceeded, hypothesis, outcome, traceRecorded, validated } from '../../integration/test-events.ts'

type Input = ReturnType<typeof outcome>
function parse(input: Input): ExperienceEventEnvelope {
  return ExperienceEventEnvelope.parse(input)
}
const present = writerOf(presentForm)

/** What the reader throws on a body. */
function failureOf(read: () => unknown): unknown {
  try {
    read()
  } catch (error) {
    return error
  }
  throw new Error('the body was read')
}

/** Whether a number of an envelope is negative for readers that take Avro's longs as they are. */
function hasSignBit(value: unknown): boolean {
  if (typeof value === 'bigint') return value >= 2n ** 63n
  return typeof value === 'object' && value !== null && Object.values(value).some(hasSignBit)
}

describe('a later release', () => {
  const additions = [
    withVariant('ExperienceEvent', 'AgentPaused'),
    withVariant('ReplayTrace', 'CachedTrace'),
    withVariant('StopReason', 'DiskFull'),
    withVariant('GateVerdict', 'Deferred'),
    withVariant('BudgetResource', 'Measured'),
    withVariant('PolicySnapshot', 'PricePolicy'),
    withWord('DecisionStep', 'Dreaming'),
    withWord('BudgetResource', 'Energy'),
    withWord('StopReason', 'Bored'),
    withWord('RecallConsumer', 'Auditor'),
  ]
  const fields = [withField('OutcomeRecorded', aField('extra')), withField('ContractResult', aField('severity'))]
  const writer = writerOf(release(...additions, ...fields))
  const decode = envelopeDecoder(writer.schema)
  const data = (input: Input, changes: object): AnyEnvelope => {
    const envelope = parse(input)
    return {
      ...envelope,
      event: { type: envelope.event.type, data: { extra: null, ...envelope.event.data, ...changes } },
    }
  }

  test('is read by this one: what both know comes out equal, but for a long with the sign bit, which is refused', () => {
    const { schema, write } = writerOf(release(...additions))
    const read = envelopeDecoder(schema)
    fc.assert(
      fc.property(arbitraryEnvelope, (envelope) => {
        if (hasSignBit(envelope)) expect(() => read(write(envelope))).toThrow('must be an unsigned 64-bit integer')
        else expect(read(write(envelope))).toEqual(envelope)
      }),
    )
  })

  test('may add an optional field, which this one passes over', () => {
    const event = outcome({ event_id: 'e' }, { metadata: { a: 'b' } })
    expect(decode(writer.write(data(event, { extra: 'new' })))).toEqual(parse(event))
    const check = { name: 'n', passed: true, failure_reason: null }
    const nested = validated({ event_id: 'e' }, { contract_results: [check] })
    expect(decode(writer.write(data(nested, { contract_results: [{ ...check, severity: 'high' }] })))).toEqual(
      parse(nested),
    )
  })

  test('may use a new word of an open enum under Other', () => {
    const event = budgetExceeded({ event_id: 'e' }, { resource: { Other: 'Energy' } })
    expect(decode(writer.write(parse(event) as never))).toEqual(parse(event))
  })

  const trace = traceRecorded('t', 'p')
  const cases: readonly (readonly [string, AnyEnvelope, string, string])[] = [
    [
      'a kind of event',
      { ...parse(outcome()), event: { type: 'AgentPaused', data: { value: 'v' } } },
      'event.type',
      'AgentPaused',
    ],
    ['a word of a closed enum', data(outcome(), { step: 'Dreaming' }), 'event.data.step', 'Dreaming'],
    ['a bare word of an open enum', data(budgetExceeded(), { resource: 'Energy' }), 'event.data.resource', 'Energy'],
    [
      'a variant of an enum of one',
      data(budgetExceeded(), { resource: { Measured: { value: 'v' } } }),
      'event.data.resource',
      'Measured',
    ],
    ['a bare word beside variants', data(outcome(), { stop_reason: 'Bored' }), 'event.data.stop_reason', 'Bored'],
    [
      'a variant that may be null',
      data(outcome(), { stop_reason: { DiskFull: { value: 'v' } } }),
      'event.data.stop_reason',
      'DiskFull',
    ],
    [
      'a variant tagged among its fields',
      data(trace, { trace_link: { type: 'CachedTrace', value: 'v' } }),
      'event.data.trace_link.type',
      'CachedTrace',
    ],
  ]
  test.each(cases)('may add %s, which this one names', (_, envelope, field, word) => {
    const failure = failureOf(() => decode(writer.write(envelope)))
    expect(failure).toBeInstanceOf(UnknownWord)
    expect(failure).toMatchObject({ field, message: `this release does not know ${word}` })
  })

  test('writes a kind that this one does not know, and a damaged body of it is told apart', () => {
    const body = writer.write({ ...parse(outcome()), event: { type: 'AgentPaused', data: { value: 'v' } } })
    for (const damaged of [body.subarray(0, -1), Buffer.concat([body, Buffer.alloc(1)])]) {
      expect(failureOf(() => decode(damaged))).not.toBeInstanceOf(UnknownWord)
    }
  })
})

describe('an earlier release', () => {
  const earlier = release(
    withoutField('OutcomeRecorded', 'metadata'),
    withoutField('OutcomeRecorded', 'tokens'),
    withoutVariant('ExperienceEvent', 'HypothesisResolved'),
    withoutWord('BudgetResource', 'Cost'),
  )

  test('is read by this one: absent fields hold their defaults', () => {
    const { schema, write } = writerOf(earlier)
    const decode = envelopeDecoder(schema)
    const event = outcome({ event_id: 'e' }, { latency_ms: 7n, tokens: 5n, metadata: { a: 'b' } })
    expect(decode(write(parse(event) as never))).toEqual(parse(outcome({ event_id: 'e' }, { latency_ms: 7n })))
    const budget = budgetExceeded({ event_id: 'e' })
    expect(decode(write(parse(budget) as never))).toEqual(parse(budget))
  })

  test('reads this one but for what it does not know', () => {
    const decode = envelopeDecoder(present.schema, earlier)
    const known = budgetExceeded({ event_id: 'e' })
    expect(decode(envelopeToAvro(parse(known)))).toEqual(parse(known))
    expect(failureOf(() => decode(envelopeToAvro(parse(hypothesis()))))).toMatchObject({ field: 'event.type' })
    expect(failureOf(() => decode(envelopeToAvro(parse(budgetExceeded({}, { resource: 'Cost' })))))).toMatchObject({
      field: 'event.data.resource',
    })
  })
})

describe('the released schemas', () => {
  const released = releasedSchemas()

  test('are read by the present release, and read it', () => {
    expect(released.map(({ name }) => name)).toContain('v1.avsc')
    expect(evolutionFault(presentForm, ENVELOPE_VERSION, released)).toBeNull()
  })

  test('include the present one: what a build has registered must stay readable', () => {
    const own = released.filter(({ version }) => version === ENVELOPE_VERSION)
    expect(own.map(({ schema }) => normaliseSchema(schema))).toContain(normaliseSchema(present.schema))
    expect(Math.max(...released.map(({ version }) => version))).toBe(ENVELOPE_VERSION)
  })

  const v1 = [{ name: 'v1.avsc', version: 1, schema: present.schema }]
  const followsAs = (version: number, change: (form: StructForm) => StructForm): string | null =>
    evolutionFault(release(change), version, v1)

  test.each([
    ['an optional field that is omitted where absent', withField('OutcomeRecorded', aField('extra'))],
    ['the same deep within', withField('ContractResult', aField('severity'))],
  ])('may be followed by %s, in the same version', (_, change) => {
    expect(followsAs(1, change)).toBeNull()
  })

  test.each([
    ['a kind of event', withVariant('ExperienceEvent', 'AgentPaused')],
    ['a variant', withVariant('StopReason', 'DiskFull')],
    ['a variant that stands in two unions', withVariant('ReplayTrace', 'CachedTrace')],
    ['a word', withWord('DecisionStep', 'Dreaming')],
    ['a bare word of an open enum', withWord('BudgetResource', 'Energy')],
  ])('may be followed by %s, in a new version only', (_, change) => {
    expect(followsAs(1, change)).toMatch(/^v1\.avsc: /)
    expect(followsAs(2, change)).toBeNull()
  })

  test.each([
    ['a field without default', withField('OutcomeRecorded', { ...aField('extra'), presence: 'required' }), /extra/],
    [
      'a field that is printed where absent',
      withField('OutcomeRecorded', aField('extra', false)),
      /OutcomeRecorded\.extra is new/,
    ],
    ['a field that goes', withoutField('OutcomeRecorded', 'tokens'), /OutcomeRecorded\.tokens is gone/],
    ['a kind that goes', withoutVariant('ExperienceEvent', 'HypothesisResolved'), /HypothesisResolved/],
    ['a word that goes', withoutWord('DecisionStep', 'Planning'), /DecisionStep/],
  ])('may not be followed by %s, in any version', (_, change, message) => {
    expect(followsAs(1, change)).toMatch(message)
    expect(followsAs(2, change)).toMatch(message)
  })
})
