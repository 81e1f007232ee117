import { z } from 'zod'
import { ExperienceError } from '../../base/experience-error.ts'
import { mustBeUnsigned, NOT_A_HASH, NOT_UNICODE, ofKey, REQUIRED, textFault, valueMustBe } from '../fault-text.ts'
import { JsonText, type JsonInput } from './json-text.ts'
import { isPlainObject } from './plain-object.ts'
import { wordIssue } from './word-issue.ts'
import { omittedWhenDefault, wireMetadata, type WireMetadata } from './wire-metadata.ts'

/** Attaches the form on the wire to a schema. */
export function wire<S extends z.ZodType>(schema: S, metadata: WireMetadata): S {
  wireMetadata.add(schema, metadata)
  return schema
}

/**
 * Any Unicode string that can be written as UTF-8 (no lone surrogates): empty allowed, no length or character check
 * (docs/contract.md, "Type words").
 */
export const string = z.string().refine((text) => text.isWellFormed(), { error: NOT_UNICODE })

export const U32_MAX = 2 ** 32 - 1
export const U64_MAX = 2n ** 64n - 1n

/** Unsigned 32-bit integer, as a number. */
export const u32 = wire(
  z.custom<number>((value) => typeof value === 'number' && isInteger(value) && value >= 0 && value <= U32_MAX, {
    error: ({ input }) => (typeof input === 'number' ? mustBeUnsigned(32) : valueMustBe('a number', input)),
  }),
  { form: 'u32' },
)

/** Unsigned 64-bit integer, as a bigint; a safe integer `number` is taken as well. The reference's usize has the same range. */
export const u64 = wire(
  z
    .custom<bigint | number>((value) => isInteger(value) && value >= 0 && value <= U64_MAX, {
      error: ({ input }) => unsigned64Fault(input),
    })
    .transform((value) => BigInt(value)),
  { form: 'u64' },
)
export const usize = u64

function isInteger(value: unknown): value is bigint | number {
  return typeof value === 'bigint' || Number.isSafeInteger(value)
}

function unsigned64Fault(value: unknown): string {
  if (typeof value !== 'number' && typeof value !== 'bigint') return valueMustBe('a number', value)
  const isInexact = Number.isInteger(value) && value > Number.MAX_SAFE_INTEGER && value < U64_MAX
  return isInexact ? 'must be a bigint: a number beyond 2^53 is not exact' : mustBeUnsigned(64)
}

const anyNumber = z.custom<number>((value) => typeof value === 'number', {
  error: ({ input }) => valueMustBe('a number', input),
})

/** 32-bit float: rounded to its width; what is beyond becomes infinite, and is printed as `null` (docs/contract.md, trap 6). */
export const f32 = wire(
  anyNumber.transform((n) => Math.fround(n)),
  { form: 'f32' },
)

/** 64-bit float. */
export const f64 = wire(
  anyNumber.transform((n) => n),
  { form: 'f64' },
)

/** 64 hex digits; written in lower case. */
export const hash = wire(
  z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, { error: ({ input }) => textFault(input, NOT_A_HASH) })
    .transform((text) => text.toLowerCase()),
  { form: 'hash' },
)

/** Any JSON value, kept exactly; `null` means none. */
export const json = wire(
  z
    .custom<JsonText | JsonInput>((value) => value !== undefined, { error: REQUIRED })
    .transform((value, context): JsonText | null => {
      try {
        const payload = value instanceof JsonText ? value : JsonText.from(value)
        return payload.text === 'null' ? null : payload
      } catch (error) {
        if (!(error instanceof ExperienceError)) throw error
        context.addIssue({ code: 'custom', message: error.message })
        return z.NEVER
      }
    }),
  { form: 'json' },
)

/** One of a closed list of words. */
export function words<const W extends readonly [string, ...string[]]>(
  name: string,
  choice: W,
): z.ZodEnum<{ [K in W[number]]: K }> {
  return wire(z.enum(choice), { form: 'words', name }) as z.ZodEnum<{ [K in W[number]]: K }>
}

/** A list; a read-only one is taken as well. */
export function list<S extends z.ZodType>(item: S): z.ZodType<z.output<S>[], readonly z.input<S>[]> {
  return z.array(item) as never
}

/** An unordered map; a plain object is taken as well. A `Map`, since `__proto__` is a legal key. */
export function map<K extends z.ZodType<string, string>, V extends z.ZodType>(
  key: K,
  value: V,
): z.ZodType<Map<z.output<K>, z.output<V>>, ReadonlyMap<string, z.input<V>> | Readonly<Record<string, z.input<V>>>> {
  const schema = z.preprocess(
    (input, context) => {
      const given = isPlainObject(input) ? new Map(Object.entries(input)) : input
      if (given instanceof Map) for (const fault of keyFaults(key, given)) context.addIssue(fault)
      return given
    },
    z.map(key, value),
  )
  return wire(schema, { form: 'map' }) as never
}

/** Told of the map: a path would take the key for a field. */
function keyFaults(schema: z.ZodType, given: ReadonlyMap<unknown, unknown>): string[] {
  const results = Array.from(given.keys(), (key) => schema.safeParse(key, { error: wordIssue }))
  return results.flatMap(({ error }) => error?.issues.map(({ message }) => ofKey(message)) ?? [])
}

/** docs/contract.md, mark N: absent and null both mean none; always written, `null` when none. */
export function optional<S extends z.ZodType>(schema: S): z.ZodDefault<z.ZodNullable<S>> {
  return schema.nullable().default(null as never)
}

/** docs/contract.md, marks N-omit and D-omit: as the given field, but left out when it holds its default. */
export function omitted<S extends z.ZodType>(schema: S): S {
  omittedWhenDefault.add(schema, { omit: true })
  return schema
}
