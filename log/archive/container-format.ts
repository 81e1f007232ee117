import avro from 'avsc'
import { ExperienceError } from '../../base/experience-error.ts'

/*
 * Avro object container files (Avro 1.11 specification, "Object Container Files"): magic bytes, metadata as a map of bytes, a
 * sync marker; then blocks of a count of records, a size in bytes, the compressed records, and the same marker.
 *
 * Not avsc's streams: its decoder takes a file that is cut off for a whole one, and names no place of a fault; its encoder
 * writes the schema as its types tell it, without what they do not know, such as logical types.
 */

export const MAGIC = Buffer.from('Obj\u0001', 'latin1')
export const SYNC_BYTES = 16
export const METADATA = { schema: 'avro.schema', codec: 'avro.codec' } as const

/** A map of names to Buffers, as a plain object. */
export const metadataType = avro.Type.forSchema({ type: 'map', values: 'bytes' })
/** Longs of the framing, as numbers. */
export const longType = avro.Type.forSchema('long')

/** The error of a file that is not what it should be. */
export function fileFault(message: string, cause?: unknown): ExperienceError {
  return new ExperienceError('InvalidQuery', `file: ${message}`, { field: 'file', cause })
}
