import type { Type } from 'avsc'
import { envelopeAvroSchema } from '../../schemas/avro/schema/avro-schema.ts'
import { typeOf } from '../../schemas/avro/avsc-types/type-of.ts'

/** A schema that values of the log were written with. */
export interface WriterSchema {
  /** As the registry, or the file, has it. */
  readonly text: string
  readonly type: Type
  /** The same, which writes maps in the order of their keys. */
  readonly sortingType: Type
  /** Equal for texts that say the same: hex digits of the MD5 of the Parsing Canonical Form (Avro specification). */
  readonly fingerprint: string
}

/** The schema of a text; null if it is no Avro schema that can be read. */
export function writerSchema(text: string): WriterSchema | null {
  try {
    const schema: unknown = JSON.parse(text)
    const type = typeOf(schema)
    return { text, type, sortingType: typeOf(schema, 'by-key'), fingerprint: type.fingerprint('md5').toString('hex') }
  } catch {
    return null
  }
}

/**
 * A body with its maps in the order of their keys, so that bodies that say the same are the same; null where the schema would not
 * write the body: other libraries refuse some that avsc reads all the same, such as text that is not UTF-8.
 */
export function canonicalBody({ type, sortingType }: WriterSchema, body: Buffer): Buffer | null {
  try {
    const value: unknown = type.fromBuffer(body)
    const sorted = sortingType.toBuffer(value)
    return sorted.equals(body) || type.toBuffer(value).equals(body) ? sorted : null
  } catch {
    return null
  }
}

let present: WriterSchema | undefined

/** The present schema of envelopes. It is made when it is first asked for, since that takes longer than most commands need to start. */
export function presentSchema(): WriterSchema {
  present ??= writerSchema(JSON.stringify(envelopeAvroSchema)) as WriterSchema
  return present
}
