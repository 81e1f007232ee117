import avro, { type Schema, type Type } from 'avsc'
import { ExperienceEventEnvelope, type ExperienceEventEnvelope as Envelope } from '../contract/envelope.ts'
import { envelopeToJson } from '../json/envelope-json.ts'
import { structFormOf } from '../wire-form.ts'
import { envelopeAvroSchema } from './avro-schema.ts'
import { compileAvroMapping } from './compile-avro.ts'
import { containerTypes } from './container-types.ts'
import { ContractFault } from './contract-fault.ts'
import { AS_WRITTEN } from './scalar-readers.ts'
import { u64LongType } from './u64-long-type.ts'

const envelopeType = typeOf(envelopeAvroSchema)
const form = structFormOf(ExperienceEventEnvelope)
const mapping = compileAvroMapping(form)
const mappingAsWritten = compileAvroMapping(form, AS_WRITTEN)

/** The envelope's Avro body (binary encoding, without framing). Equal envelopes have equal bytes. */
export function envelopeToAvro(envelope: Envelope): Buffer {
  return envelopeType.toBuffer(mapping.toAvro(envelope as never))
}

/**
 * Reads Avro bodies that were written with one schema. Errors: `InvalidQuery` naming the field, for a value that the schema
 * allows but the contract does not (any client of the log can write there); any other error says that the bytes do not fit
 * the schema. Identifiers are left to `validateEnvelope`.
 */
export type EnvelopeDecoder = (body: Buffer) => Envelope

/** A decoder for bodies written with the given schema, which must be compatible with the present one. */
export function envelopeDecoder(writerSchema: string): EnvelopeDecoder {
  const read = bodyReader(writerSchema)
  return (body) => {
    const raw = read(body)
    try {
      return mapping.fromAvro(raw) as Envelope
    } catch (error) {
      throw error instanceof ContractFault ? error.asExperienceError() : error
    }
  }
}

/**
 * The JSON text of what an Avro body holds, also where it breaks the contract: to be read by somebody who will correct it.
 * Throws on bytes that do not fit the schema.
 */
export function envelopeAsWritten(writerSchema: string, body: Buffer): string {
  return envelopeToJson(mappingAsWritten.fromAvro(bodyReader(writerSchema)(body)) as Envelope)
}

/** Reads bodies into avsc's representation of the present schema. */
function bodyReader(writerSchema: string): (body: Buffer) => never {
  const writerType = typeOf(JSON.parse(writerSchema) as Schema)
  const resolver = writerType.equals(envelopeType) ? undefined : envelopeType.createResolver(writerType)
  return (body) => envelopeType.fromBuffer(body, resolver) as never
}

/** The avsc type of a schema, with this project's longs, arrays and maps. */
export function typeOf(schema: unknown): Type {
  return avro.Type.forSchema(schema as Schema, {
    registry: { long: u64LongType },
    // A long with attributes, such as a logical type, is not looked up by its name.
    typeHook: (each, options) => (isLong(each) ? u64LongType : containerTypes(each, options)),
    wrapUnions: 'auto',
  })
}

function isLong(schema: Schema): boolean {
  return typeof schema === 'object' && 'type' in schema && schema.type === 'long'
}
