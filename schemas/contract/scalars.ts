import { z } from 'zod'
import { JsonText, type JsonInput } from './json-text.ts'
import { isPlainObject } from './plain-object.ts'
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
export const string = z.string().refine((text) => text.isWellFormed(), { error: 'holds a lone surrogate' })

export const U32_MAX = 2 ** 32 - 1
export const U64_MAX = 2n ** 64n - 1n

/** Unsigned 32-bit integer, as a number. */
export const u32 = wire(z.int().min(0).max(U32_MAX), { form: 'u32' })

/** Unsigned 64-bit integer, as a bigint; a safe integer `number` is taken as well. The reference's usize has the same range. */
export const u64 = wire(
  z
    .union([z.bigint(), z.int().transform((n) => BigInt(n))], { error: 'must be an unsigned 64-bit integer' })
    .pipe(z.bigint().min(0n).max(U64_MAX)),
  { form: 'u64' },
)
export const usize = u64

const anyNumber = z.custom<number>((value) => typeof value === 'number', { error: 'must be a number' })

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
    .regex(/^[0-9a-fA-F]{64}$/, { error: 'must be exactly 64 hex digits' })
    .transform((text) => text.toLowerCase()),
  { form: 'hash' },
)

/** Any JSON value, kept exactly; `null` means none. */
export const json = wire(
  z
    .custom<JsonText | JsonInput>((value) => value !== undefined)
    .transform((value, context): JsonText | null => {
      try {
        const payload = value instanceof JsonText ? value : JsonText.from(value)
        return payload.text === 'null' ? null : payload
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'must be a JSON value' })
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
    (input) => (isPlainObject(input) ? new Map(Object.entries(input)) : input),
    z.map(key, value),
  )
  return wire(schema, { form: 'map' }) as never
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
