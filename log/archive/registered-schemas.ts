import { createHash } from 'node:crypto'
import { AVRO_NAMESPACE, ENVELOPE_SUBJECT } from '../../schemas/avro/schema/avro-schema.ts'
import { normaliseSchema } from '../normalise-schema.ts'
import type { SchemaId, SchemaRegistry } from '../schema-registry.ts'
import { writerSchema, type WriterSchema } from './writer-schema.ts'

/** Looks schemas of values up in a registry, and registers those that come from another one. Each is asked for once. */
export class RegisteredSchemas {
  readonly #registry: SchemaRegistry
  readonly #known = new Map<number, WriterSchema | null>()
  readonly #ids = new Map<string, SchemaId>()

  constructor(registry: SchemaRegistry) {
    this.#registry = registry
  }

  /** The schema of an id; null if the registry does not know it, or it is no Avro schema. Error: `Unavailable`. */
  async find(id: number): Promise<WriterSchema | null> {
    const known = this.#known.get(id)
    if (known !== undefined) return known
    const text = await this.#registry.schemaById(id as SchemaId)
    // An unknown one may still come; the registry adapter limits how often it is asked for.
    if (text === null) return null
    const schema = writerSchema(text)
    this.#known.set(id, schema)
    return schema
  }

  /** Registers a schema if it was not. Errors: those of `SchemaRegistry.register`. */
  async register(schema: WriterSchema): Promise<SchemaId> {
    const known = this.#ids.get(schema.text)
    if (known !== undefined) return known
    const id = await this.#registry.register(subjectOf(schema), schema.text)
    this.#ids.set(schema.text, id)
    return id
  }
}

/**
 * Versions of the envelope's schema belong together. Any other schema, of records that are no events, gets a subject for itself:
 * it follows no other, and what else the registry holds under its name is left alone.
 */
function subjectOf({ type, text }: WriterSchema): string {
  if (type.typeName === 'record' && type.name === ENVELOPE_SUBJECT) return ENVELOPE_SUBJECT
  const digest = createHash('sha256').update(normaliseSchema(text)).digest('hex')
  return `${AVRO_NAMESPACE}.imported.${digest.slice(0, 32)}`
}
