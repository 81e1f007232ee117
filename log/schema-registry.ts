import type { Brand } from '../base/brand.ts'

/** The 4-byte id that the Confluent wire format puts before each Avro body. */
export type SchemaId = Brand<number, 'SchemaId'>

/**
 * Holds every Avro schema that a record was ever written with, under ids that are never reused or changed.
 * Schemas of one subject are compatible with each other in both directions (FULL_TRANSITIVE).
 */
export interface SchemaRegistry {
  /**
   * The id of the schema under the subject; registers it at its first use. Errors: `StorageError` (not retryable) for a
   * schema that is incompatible with an earlier one of the subject, `Unavailable`.
   */
  register(subject: string, schema: string): Promise<SchemaId>

  /** The schema's JSON text, or null if the registry does not know the id. Error: `Unavailable`. */
  schemaById(id: SchemaId): Promise<string | null>

  close(): Promise<void>
}
