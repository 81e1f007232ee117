import * as fc from 'fast-check'
import type { ExperienceEventEnvelope } from '../../schemas/contract/envelope.ts'
import { ExperienceEvent } from '../../schemas/contract/experience-event.ts'
import { JsonText } from '../../schemas/contract/json-text.ts'
import { foldWireForm, type Variants, type WireFormTable } from '../../schemas/fold-wire-form.ts'
import { wireFormOf, type MapForm } from '../../schemas/wire-form.ts'

const arbitraryIdentifier = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/),
  fc.constantFrom('.', '..', '-', 'evt-0', '__proto__', 'constructor', 'x'.repeat(256)),
)

const arbitraryTimestamp = fc.oneof(
  fc
    .date({ noInvalidDate: true, min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z') })
    .map((date) => date.toISOString()),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 16 }),
  fc.constantFrom(
    '1776945600Z',
    '2026-04-23T09:00:00+02:00',
    ' ',
    '\u0000',
    'é'.repeat(32),
    '\u{1F680}'.repeat(16),
    't'.repeat(64),
  ),
)

const arbitraryString = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '',
      '__proto__',
      'constructor',
      'toString',
      '0',
      '10',
      '9',
      'null',
      'a.b[0]',
      '"\\/\b\f\n\r\t',
      '\u0000\u0001\u001f\u007f\u0080\u0085',
      '\u2028\u2029\ufeff\ufffe\uffff\ue000\ufffd',
      '\u{1F468}\u200d\u{1F469}\u200d\u{1F467}',
      '\u{10000}\u{10ffff}',
      'e\u0301',
      '{"type":"FactPromoted"}',
      '"}}}',
      '\\u0041',
      '1'.repeat(300),
      'x'.repeat(3000),
      '\\"'.repeat(700),
      '\u{1F680}é'.repeat(400),
    ),
  },
)

const arbitraryU64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 1000n }),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(
    0n,
    1n,
    63n,
    64n,
    2n ** 31n,
    2n ** 32n,
    2n ** 53n - 1n,
    2n ** 53n,
    2n ** 53n + 1n,
    2n ** 63n - 1n,
    2n ** 63n,
    2n ** 64n - 1n,
  ),
)

const arbitraryU32 = fc.oneof(fc.nat(100), fc.nat({ max: 2 ** 31 - 1 }), fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1))

/** A float of 32 bits from its pattern. */
export function f32OfBits(bits: number): number {
  return new DataView(Uint32Array.of(bits).buffer).getFloat32(0, true)
}

/** A float of 64 bits from its pattern. */
export function f64OfBits(bits: bigint): number {
  return new DataView(BigUint64Array.of(bits).buffer).getFloat64(0, true)
}

const arbitraryF32 = fc.oneof(
  fc.nat(1000).map((n) => Math.fround(n / 1000)),
  fc
    .integer({ min: 0, max: 2 ** 32 - 1 })
    .map(f32OfBits)
    .filter(Number.isFinite),
  fc.integer({ min: -149, max: 127 }).map((exponent) => 2 ** exponent),
  fc.integer({ min: 1, max: 2 ** 23 }).map((step) => step * 2 ** -149),
  // Halfway between two decimals of eight digits.
  fc.integer({ min: 2 ** 20, max: 2 ** 24 - 1 }).map((n) => n / 2 ** 5),
  fc
    .constantFrom(
      0,
      -0,
      1,
      0.7,
      0.1,
      1e-7,
      1e12,
      1e13,
      16_777_216,
      2544.28125,
      3.4028234663852886e38,
      2 ** -149,
      2 ** -126,
    )
    .map(Math.fround),
)

const arbitraryF64 = fc.oneof(
  fc.nat(1_000_000).map((n) => n / 1_000_000),
  fc
    .bigInt({ min: 0n, max: 2n ** 64n - 1n })
    .map(f64OfBits)
    .filter(Number.isFinite),
  fc.integer({ min: -1074, max: 1023 }).map((exponent) => 2 ** exponent),
  fc.constantFrom(
    0,
    -0,
    1,
    0.5,
    1e-5,
    1e-6,
    1e15,
    1e16,
    1e21,
    2 ** 53,
    9007199254740994,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
    0.9856906946328695,
  ),
)

const numberTokens = [
  '0',
  '-0',
  '1',
  '-1',
  '1.0',
  '1e2',
  '1E+2',
  '1e-2',
  '-0.0',
  '0.10',
  '9223372036854775807',
  '-9223372036854775808',
  '-9223372036854775809',
  '18446744073709551615',
  '18446744073709551616',
  '123456789012345678901234567890',
  '1e-400',
  '0e999',
  '0.1e1',
  '3.0000000000000000000000000001',
  '5e-324',
  '1.7976931348623157e308',
  '4.35',
  '0.000001',
  '1e16',
  '123456.789e3',
]

const arbitraryNumberToken = fc.oneof(
  fc.constantFrom(...numberTokens),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).map(String),
  arbitraryF64.map((value) => (Object.is(value, -0) ? '-0.0' : String(value))),
)

const arbitraryJsonString = arbitraryString.map((text) => JSON.stringify(text))

/** Text of any JSON value but null, up to the depth that the contract allows a structured payload (docs/contract.md §7: 123). */
const arbitraryPayloadText = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        fc.oneof(arbitraryNumberToken, arbitraryJsonString, fc.constantFrom('true', 'false', 'null')),
        fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
        fc
          .array(fc.tuple(arbitraryJsonString, tie('value')), { maxLength: 5 })
          .map((members) => `{${members.map(([key, value]) => `${key} : ${value}`).join(',')}}`),
      ),
    })).value,
  },
  { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 1, max: 123 }), fc.boolean(), arbitraryJsonString).map(nested) },
)

function nested([depth, inObjects, leaf]: [number, boolean, string]): string {
  // The innermost container stands for one level itself.
  return inObjects
    ? `${'{"k":'.repeat(depth)}${leaf}${'}'.repeat(depth)}`
    : `${'['.repeat(depth)}${leaf}${']'.repeat(depth)}`
}

const arbitraryPayload = arbitraryPayloadText.filter((text) => text !== 'null').map((text) => JsonText.parse(text))

const arbitraries: WireFormTable<fc.Arbitrary<unknown>, fc.Arbitrary<Record<string, unknown>>, undefined> = {
  string: () => arbitraryString,
  boolean: () => fc.boolean(),
  u32: () => arbitraryU32,
  u64: () => arbitraryU64,
  f32: () => arbitraryF32,
  f64: () => arbitraryF64,
  hash: () => fc.stringMatching(/^[0-9a-f]{64}$/),
  json: () => arbitraryPayload,
  words: ({ words }) => fc.constantFrom(...words),
  array: (item) => fc.array(item, { maxLength: 5 }),
  map: arbitraryMap,
  members: (fields) =>
    fc.record(
      Object.fromEntries(
        fields.map(({ name, presence, part }) => [name, presence === 'nullable' ? fc.option(part) : part]),
      ),
    ),
  struct: (members) => members,
  adjacent: (variants, { content }) =>
    fc.oneof(...each(variants, (type, body) => body.map((value) => ({ type, [content]: value })))),
  internal: (variants) =>
    fc.oneof(...each(variants, (type, fields) => fields.map((value) => Object.assign({ type }, value)))),
  external: (variants, { words }) =>
    fc.oneof(fc.constantFrom(...words), ...each(variants, (word, body) => body.map((value) => ({ [word]: value })))),
}

function arbitraryMap(value: fc.Arbitrary<unknown>, { keyWords }: MapForm): fc.Arbitrary<Map<string, unknown>> {
  const key = keyWords === null ? arbitraryString : fc.constantFrom(...keyWords)
  const some = fc.array(fc.tuple(key, value), { maxLength: 6 }).map((entries) => new Map(entries))
  if (keyWords !== null) return some
  const many = fc
    .tuple(fc.array(value, { minLength: 200, maxLength: 200 }), fc.integer({ min: 1, max: 97 }))
    .map(([values, step]) => new Map(values.map((item, index) => [`k${(index * step) % 211}`, item])))
  return fc.oneof({ weight: 20, arbitrary: some }, { weight: 1, arbitrary: many })
}

function each<Part>(
  variants: Variants<Part>,
  arbitraryOf: (word: string, part: Part) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown>[] {
  return Array.from(variants.values(), ({ word, part }) => arbitraryOf(word, part))
}

/** Fields of the envelope itself, which are checked, beside those of the payloads, which are not. */
const checkedFields = {
  event_id: arbitraryIdentifier,
  occurred_at: arbitraryTimestamp,
  tenant_id: fc.option(arbitraryIdentifier),
  correlation_id: fc.option(arbitraryIdentifier),
}

/** Any valid envelope: every kind and variant, every field over its whole range. Derived from the wire form. */
export const arbitraryEnvelope = fc.record({
  ...checkedFields,
  event: foldWireForm(wireFormOf(ExperienceEvent), arbitraries, undefined) as fc.Arbitrary<
    ExperienceEventEnvelope['event']
  >,
}) satisfies fc.Arbitrary<ExperienceEventEnvelope>
