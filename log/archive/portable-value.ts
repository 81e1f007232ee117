import { frame, FRAME_BYTES, unframe } from '../../schemas/avro/wire-format.ts'
import type { StoredRecord } from '../record.ts'
import type { SchemaId } from '../schema-registry.ts'
import { canonicalBody, presentSchema, type WriterSchema } from './writer-schema.ts'

/**
 * A record's value, said without the ids of one registry, so that it can be carried to another.
 *
 * - `none`: no value at all
 * - `event`: the body of an envelope; `canonical` is what all bodies that say the same have in common
 * - `framed`: bytes that name a schema which the registry knows: of another version, of no envelope, or ones that do not fit it
 * - `raw`: bytes that name no known schema
 */
export type PortableValue =
  | { readonly kind: 'none' }
  | { readonly kind: 'event'; readonly schema: WriterSchema; readonly body: Buffer; readonly canonical: Buffer }
  | { readonly kind: 'framed'; readonly schema: WriterSchema; readonly bytes: Buffer }
  | { readonly kind: 'raw'; readonly bytes: Buffer }

export const NO_VALUE: PortableValue = { kind: 'none' }

/** The portable form of bytes as they stand in a log. */
export async function portableValue(
  value: StoredRecord['value'],
  schemaById: (id: number) => Promise<WriterSchema | null>,
): Promise<PortableValue> {
  if (value === null) return NO_VALUE
  const framed = unframe(value)
  const schema = framed === null ? null : await schemaById(framed.schemaId)
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (framed === null || schema === null) return { kind: 'raw', bytes }
  const canonical = schema.fingerprint === presentSchema().fingerprint ? canonicalBody(schema, framed.body) : null
  return canonical === null
    ? { kind: 'framed', schema, bytes }
    : { kind: 'event', schema, body: framed.body, canonical }
}

/** The bytes for a log whose registry knows schemas by the ids given. */
export async function storedValue(
  value: PortableValue,
  idOf: (schema: WriterSchema) => Promise<SchemaId>,
): Promise<Buffer | null> {
  switch (value.kind) {
    case 'none':
      return null
    case 'raw':
      return value.bytes
    case 'event':
    case 'framed':
      return frame(await idOf(value.schema), bodyOf(value))
  }
}

/** The value's bytes without the schema's id; null where it names no known schema. */
export function bodyOf(value: PortableValue & { readonly kind: 'event' | 'framed' }): Buffer {
  return value.kind === 'event' ? value.body : value.bytes.subarray(FRAME_BYTES)
}

/** The schema that the value names; null where it names none that is known. */
export function schemaOf(value: PortableValue): WriterSchema | null {
  return value.kind === 'event' || value.kind === 'framed' ? value.schema : null
}
