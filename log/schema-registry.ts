import type { Brand } from '../base/brand.ts'

/** The 4-byte id that the Confluent wire format puts before each Avro body. */
export type SchemaId = Brand<number, 'SchemaId'>

/** What a registry holds of a subject. */
export interface SubjectDescription {
  /** Whether it holds the schema that was asked about. */
  readonly isRegistered: boolean
  readonly versions: number
  /** What is demanded of its next version, by Confluent's names; null where nothing is said of this subject. */
  readonly compatibility: string | null
}

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

  /** What the registry holds of a subject; changes nothing. Errors: `Unavailable`, `StorageError`. */
  describe(subject: string, schema: string): Promise<SubjectDescription>

  /** The schema's JSON text, or null if the registry does not know the id. Error: `Unavailable`. */
  schemaById(id: SchemaId): Promise<string | null>

  close(): Promise<void>
}
