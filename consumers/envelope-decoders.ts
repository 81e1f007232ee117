import type { StoredRecord } from '../log/record.ts'
import type { SchemaId, SchemaRegistry } from '../log/schema-registry.ts'
import { envelopeDecoder, isPresentSchema, type EnvelopeDecoder } from '../schemas/avro/codec/envelope-avro.ts'
import { schemaIdOf } from '../schemas/avro/wire-format.ts'

/** What is asked of a record. */
type FramedRecord = Pick<StoredRecord, 'value'>

/** What reads bodies of one schema. */
interface KnownSchema {
  readonly decode: EnvelopeDecoder
  /** Whether it is the schema that this release writes with. */
  readonly isPresent: boolean
}

/** The decoders of the schema ids that some records name. */
export class FoundDecoders {
  readonly #schemas: ReadonlyMap<number, KnownSchema | null>

  constructor(schemas: ReadonlyMap<number, KnownSchema | null>) {
    this.#schemas = schemas
  }

  /** Null where there is none. */
  find(schemaId: number): EnvelopeDecoder | null {
    return this.#schemas.get(schemaId)?.decode ?? null
  }

  /** Whether the schema is the one that this release writes with. */
  isPresent(schemaId: number): boolean {
    return this.#schemas.get(schemaId)?.isPresent === true
  }
}

/**
 * Ids that are asked for at a time: a flood of records that name thousands of unknown schemas would else wait for as many
 * answers one after another, and the registry is not to be flooded in its turn.
 */
const LOOK_UPS_AT_ONCE = 32

/** Finds the decoder for a record's schema id: asks the registry once per id. */
export class EnvelopeDecoders {
  readonly #registry: Pick<SchemaRegistry, 'schemaById'>
  readonly #decoderOf: (writerSchema: string) => EnvelopeDecoder
  readonly #schemas = new Map<number, Promise<KnownSchema | null>>()

  /** `decoderOf` makes a decoder for a writer's schema, or throws; by default that of this release. */
  constructor(
    registry: Pick<SchemaRegistry, 'schemaById'>,
    decoderOf: (writerSchema: string) => EnvelopeDecoder = envelopeDecoder,
  ) {
    this.#registry = registry
    this.#decoderOf = decoderOf
  }

  /**
   * The decoders of the schemas that records name, some at a time, as they are now; none for an id that the registry does not know,
   * or whose schema cannot be read as an envelope. Error: `Unavailable`.
   */
  async findFor(records: readonly FramedRecord[]): Promise<FoundDecoders> {
    const ids = schemaIdsOf(records)
    const found = new Map<number, KnownSchema | null>()
    const left = [...ids]
    const lookUp = async (): Promise<void> => {
      for (let schemaId = left.pop(); schemaId !== undefined; schemaId = left.pop()) {
        found.set(schemaId, await this.#find(schemaId))
      }
    }
    try {
      await Promise.all(Array.from({ length: Math.min(LOOK_UPS_AT_ONCE, ids.size) }, lookUp))
    } finally {
      // After a failure the others must not go on asking.
      left.length = 0
    }
    return new FoundDecoders(found)
  }

  async #find(schemaId: number): Promise<KnownSchema | null> {
    const known = this.#schemas.get(schemaId) ?? this.#load(schemaId)
    this.#schemas.set(schemaId, known)
    try {
      const schema = await known
      // A schema may still come; the registry adapter limits how often an unknown id is asked for.
      if (schema === null) this.#schemas.delete(schemaId)
      return schema
    } catch (error) {
      this.#schemas.delete(schemaId)
      throw error
    }
  }

  async #load(schemaId: number): Promise<KnownSchema | null> {
    const schema = await this.#registry.schemaById(schemaId as SchemaId)
    if (schema === null) return null
    try {
      const decode = this.#decoderOf(schema)
      return { decode, isPresent: this.#decoderOf === envelopeDecoder && isPresentSchema(schema) }
    } catch {
      return null
    }
  }
}

function schemaIdsOf(records: readonly FramedRecord[]): ReadonlySet<number> {
  const ids = new Set<number>()
  let last: number | null = null
  for (const { value } of records) {
    const id = value === null ? null : schemaIdOf(value)
    // Neighbours mostly have the same.
    if (id !== null && id !== last) ids.add(id)
    last = id
  }
  return ids
}
