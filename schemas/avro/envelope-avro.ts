import avro, { type Schema, type Type } from 'avsc'
import { ExperienceEventEnvelope, type ExperienceEventEnvelope as Envelope } from '../contract/envelope.ts'
import { structFormOf } from '../wire-form.ts'
import { envelopeAvroSchema } from './avro-schema.ts'
import { compileAvroMapping } from './compile-avro.ts'
import { containerTypes } from './container-types.ts'
import { u64LongType } from './u64-long-type.ts'

const envelopeType = typeOf(envelopeAvroSchema)
const mapping = compileAvroMapping(structFormOf(ExperienceEventEnvelope))

/** The envelope's Avro body (binary encoding, without framing). Equal envelopes have equal bytes. */
export function envelopeToAvro(envelope: Envelope): Buffer {
  return envelopeType.toBuffer(mapping.toAvro(envelope as never))
}

/**
 * Reads Avro bodies that were written with one schema. Throws on bytes that do not fit it, or whose values the schema allows
 * but the contract does not (any client of the log can write there); identifiers are left to `validateEnvelope`.
 */
export type EnvelopeDecoder = (body: Buffer) => Envelope

/** A decoder for bodies written with the given schema, which must be compatible with the present one. */
export function envelopeDecoder(writerSchema: string): EnvelopeDecoder {
  const writerType = typeOf(JSON.parse(writerSchema) as Schema)
  const resolver = writerType.equals(envelopeType) ? undefined : envelopeType.createResolver(writerType)
  return (body) => mapping.fromAvro(envelopeType.fromBuffer(body, resolver) as never) as Envelope
}

/** The avsc type of a schema, with this project's longs, arrays and maps. */
export function typeOf(schema: unknown): Type {
  return avro.Type.forSchema(schema as Schema, {
    registry: { long: u64LongType },
    typeHook: containerTypes,
    wrapUnions: 'auto',
  })
}
