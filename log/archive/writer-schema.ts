import type { Type } from 'avsc'
import { envelopeAvroSchema } from '../../schemas/avro/avro-schema.ts'
import { typeOf } from '../../schemas/avro/envelope-avro.ts'

/** A schema that values of the log were written with. */
export interface WriterSchema {
  /** As the registry, or the file, has it. */
  readonly text: string
  readonly type: Type
  /** Equal for texts that say the same: hex digits of the MD5 of the Parsing Canonical Form (Avro specification). */
  readonly fingerprint: string
}

/** The schema of a text; null if it is no Avro schema that can be read. */
export function writerSchema(text: string): WriterSchema | null {
  try {
    const type = typeOf(JSON.parse(text))
    return { text, type, fingerprint: type.fingerprint('md5').toString('hex') }
  } catch {
    return null
  }
}

/** The present schema of envelopes. */
export const presentSchema = writerSchema(JSON.stringify(envelopeAvroSchema)) as WriterSchema
