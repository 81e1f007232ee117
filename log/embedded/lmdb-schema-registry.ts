import { ExperienceError } from '../../base/experience-error.ts'
import { normaliseSchema } from '../normalise-schema.ts'
import type { SchemaId, SchemaRegistry, SubjectDescription } from '../schema-registry.ts'
import type { LmdbTables } from './lmdb-tables.ts'

export interface LmdbSchemaRegistryOptions {
  /** Why a schema can't follow the earlier ones of its subject (JSON texts, oldest first) under FULL_TRANSITIVE, or null. */
  readonly checkCompatible: (schema: string, earlier: readonly string[]) => string | null
}

/** Keeps schemas in a table beside the log. Ids count from 1 over all subjects. */
export class LmdbSchemaRegistry implements SchemaRegistry {
  readonly #tables: LmdbTables
  readonly #options: LmdbSchemaRegistryOptions
  readonly #registered = new Map<string, SchemaId>()

  constructor(tables: LmdbTables, options: LmdbSchemaRegistryOptions) {
    this.#tables = tables
    this.#options = options
  }

  async register(subject: string, schema: string): Promise<SchemaId> {
    const normal = normaliseSchema(schema)
    const name = JSON.stringify([subject, normal])
    const id = this.#registered.get(name) ?? (await this.#store(subject, schema, normal))
    this.#registered.set(name, id)
    return id
  }

  async describe(subject: string, schema: string): Promise<SubjectDescription> {
    this.#tables.refresh()
    const normal = normaliseSchema(schema)
    const held = [...this.#tables.schemas.getRange({})].filter(({ value }) => value.subject === subject)
    return {
      isRegistered: held.some(({ value }) => normaliseSchema(value.schema) === normal),
      versions: held.length,
      compatibility: 'FULL_TRANSITIVE',
    }
  }

  async schemaById(id: SchemaId): Promise<string | null> {
    this.#tables.refresh()
    return this.#tables.schemas.get(id)?.schema ?? null
  }

  /** Does nothing: the tables belong to whoever opened them. */
  async close(): Promise<void> {}

  #store(subject: string, schema: string, normal: string): Promise<SchemaId> {
    return this.#tables.transaction(() => {
      const earlier = [...this.#tables.schemas.getRange({})].filter(({ value }) => value.subject === subject)
      const same = earlier.find(({ value }) => normaliseSchema(value.schema) === normal)
      if (same !== undefined) return same.key as SchemaId
      const fault = this.#options.checkCompatible(
        schema,
        earlier.map(({ value }) => value.schema),
      )
      if (fault !== null) {
        throw new ExperienceError('StorageError', `the schema does not fit the earlier ones of ${subject}: ${fault}`)
      }
      const id = (this.#tables.counters.get('schemas') ?? 0) + 1
      this.#tables.counters.putSync('schemas', id)
      this.#tables.schemas.putSync(id, { subject, schema })
      return id as SchemaId
    })
  }
}
