import { ExperienceError } from '../base/experience-error.ts'
import { UnknownWord } from '../schemas/avro/codec/contract-fault.ts'
import { envelopeDecoder, type EnvelopeDecoder } from '../schemas/avro/codec/envelope-avro.ts'
import { envelopeAvroSchema } from '../schemas/avro/schema/avro-schema.ts'
import { unframe } from '../schemas/avro/wire-format.ts'
import { validateEnvelope, type ExperienceEventEnvelope } from '../schemas/contract/envelope.ts'

/** What reads the bodies of a schema, by its id; null where no such schema is known, or it holds no envelopes. */
export type DecoderOf = (schemaId: number) => EnvelopeDecoder | null

let present: EnvelopeDecoder | null = null

/** Reads what this release writes. */
export function presentDecoder(): EnvelopeDecoder {
  // Made when the first one asks: most producers never do.
  present ??= envelopeDecoder(JSON.stringify(envelopeAvroSchema))
  return present
}

/** The envelope of a framed record. Error: `InvalidQuery`, also for a schema without decoder (field `schema`). */
export function envelopeFromAvro(
  framed: Uint8Array,
  schemaId: number,
  decode: EnvelopeDecoder | null,
): ExperienceEventEnvelope {
  if (decode === null) throw invalid('schema', `schema: ${schemaId} is unknown to the registry, or holds no envelopes`)
  const envelope = decoded(framed, schemaId, decode)
  validateEnvelope(envelope)
  return envelope
}

function decoded(framed: Uint8Array, schemaId: number, decode: EnvelopeDecoder): ExperienceEventEnvelope {
  try {
    return decode(unframe(framed)!.body)
  } catch (error) {
    if (error instanceof UnknownWord) throw invalid(error.field, `${error.field}: ${error.message}`)
    if (error instanceof ExperienceError) throw error
    throw invalid('document', `document: the bytes do not fit schema ${schemaId}`, error)
  }
}

/** Error: `InvalidQuery`. */
export function notFramed(): ExperienceError {
  return invalid('document', 'document: must begin with a zero byte and the id of a schema, in four bytes')
}

function invalid(field: string, message: string, cause?: unknown): ExperienceError {
  return new ExperienceError('InvalidQuery', message, { field, cause })
}
