import type { Type } from 'avsc'
import { ExperienceEventEnvelope, type ExperienceEventEnvelope as Envelope } from '../../contract/envelope.ts'
import { envelopeToJson } from '../../json/envelope-json.ts'
import { structFormOf, type StructForm } from '../../wire-form.ts'
import { AvroOutput } from './avro-output.ts'
import { avroSchemaOf, envelopeAvroSchema, type AvroSchema } from '../schema/avro-schema.ts'
import { compileFromAvro } from './compile-from-avro.ts'
import { compileAvroWriter } from './compile-avro-writer.ts'
import { ContractFault, UnknownWord } from './contract-fault.ts'
import { resolverOf } from '../avsc-types/resolver-of.ts'
import { AS_WRITTEN, AS_WRITTEN_SIGNED, BY_CONTRACT, BY_CONTRACT_SIGNED } from './scalar-readers.ts'
import { typeOf } from '../avsc-types/type-of.ts'
import { releasedFingerprints } from '../schema/released-fingerprints.ts'
import { withWordsOf } from '../schema/with-words-of.ts'

const form = structFormOf(ExperienceEventEnvelope)
const writeEnvelope = compileAvroWriter(form)
const output = new AvroOutput()

/**
 * The envelope's Avro body (binary encoding, without framing), behind `free` bytes that are left to the caller. Equal envelopes
 * have equal bytes. Throws on what is no envelope.
 */
export function envelopeToAvro(envelope: Envelope, free = 0): Buffer {
  output.clear()
  writeEnvelope(output, envelope as never)
  return output.copy(free)
}

/** Whether a schema is the one that `envelopeToAvro` writes with, by its canonical form: documentation and defaults may differ. */
export function isPresentSchema(schema: string): boolean {
  return typeOf(JSON.parse(schema)).equals(typeOf(envelopeAvroSchema))
}

/**
 * Reads Avro bodies that were written with one schema. Errors: `InvalidQuery` naming the field, for a value that the schema
 * allows but the contract does not (any client of the log can write there); `UnknownWord` for one that a later contract may
 * allow; any other error says that the bytes do not fit the schema. Identifiers are left to `validateEnvelope`.
 */
export type EnvelopeDecoder = (body: Buffer) => Envelope

/**
 * A decoder for bodies written with the given schema. Throws where the reader cannot read it, but for kinds and words that only
 * the schema has. `reader` is the envelope as this release knows it, or as another one does.
 */
export function envelopeDecoder(writerSchema: string, reader: StructForm = form): EnvelopeDecoder {
  const { read, isUnsigned } = bodyReader(writerSchema, reader)
  const fromAvro = compileFromAvro(reader, isUnsigned ? BY_CONTRACT : BY_CONTRACT_SIGNED)
  return (body) => {
    const raw = read(body)
    try {
      return fromAvro(raw) as Envelope
    } catch (error) {
      throw error instanceof ContractFault && !(error instanceof UnknownWord) ? error.asExperienceError() : error
    }
  }
}

/**
 * The JSON text of what an Avro body holds, also where it breaks the contract: to be read by somebody who will correct it.
 * Throws on bytes that do not fit the schema, and on a kind that this release does not know.
 */
export function envelopeAsWritten(writerSchema: string, body: Buffer): string {
  const { read, isUnsigned } = bodyReader(writerSchema, form)
  const fromAvro = compileFromAvro(form, isUnsigned ? AS_WRITTEN : AS_WRITTEN_SIGNED)
  return envelopeToJson(fromAvro(read(body)) as Envelope)
}

interface BodyReader {
  /** Reads a body into avsc's representation of the reader's schema. */
  readonly read: (body: Buffer) => never
  /** Whether the writer's `long`s carry unsigned bits: no schema says so, only those of our releases are known to. */
  readonly isUnsigned: boolean
}

function bodyReader(writerSchema: string, reader: StructForm): BodyReader {
  const writerType = typeOf(JSON.parse(writerSchema))
  const readerSchema = avroSchemaOf(reader)
  const readerType = typeOf(withWordsOf(readerSchema, writerType.schema() as AvroSchema))
  const resolver = writerType.equals(readerType) ? undefined : resolverOf(readerType, writerType)
  return {
    read: (body) => readerType.fromBuffer(body, resolver) as never,
    isUnsigned: writerType.equals(typeOf(readerSchema)) || releasedFingerprints.has(fingerprintOf(writerType)),
  }
}

function fingerprintOf(type: Type): string {
  return type.fingerprint('sha256').toString('hex')
}
