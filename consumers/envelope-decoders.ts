import type { SchemaId, SchemaRegistry } from '../log/schema-registry.ts'
import { envelopeDecoder, type EnvelopeDecoder } from '../schemas/avro/envelope-avro.ts'

/** Tells the decoder of a schema id; null where there is none. Error: `Unavailable`. */
export interface DecoderSource {
  find(schemaId: number): Promise<EnvelopeDecoder | null>
}

/**
 * Ids that are asked for at a time: a flood of records that name thousands of unknown schemas would else wait for as many
 * answers one after another, and the registry is not to be flooded in its turn.
 */
const LOOK_UPS_AT_ONCE = 32

/** Finds the decoder for a record's schema id: asks the registry once per id. */
export class EnvelopeDecoders implements DecoderSource {
  private readonly registry: SchemaRegistry
  private readonly decoderOf: (writerSchema: string) => EnvelopeDecoder
  private readonly decoders = new Map<number, Promise<EnvelopeDecoder | null>>()

  /** `decoderOf` makes a decoder for a writer's schema, or throws; by default that of this release. */
  constructor(registry: SchemaRegistry, decoderOf: (writerSchema: string) => EnvelopeDecoder = envelopeDecoder) {
    this.registry = registry
    this.decoderOf = decoderOf
  }

  /**
   * The decoder of a schema id; null if the registry does not know the id, or its schema cannot be read as an envelope.
   * Error: `Unavailable`.
   */
  async find(schemaId: number): Promise<EnvelopeDecoder | null> {
    const known = this.decoders.get(schemaId) ?? this.load(schemaId)
    this.decoders.set(schemaId, known)
    try {
      const decoder = await known
      // A schema may still come; the registry adapter limits how often an unknown id is asked for.
      if (decoder === null) this.decoders.delete(schemaId)
      return decoder
    } catch (error) {
      this.decoders.delete(schemaId)
      throw error
    }
  }

  /** The decoders of many ids, some at a time, as they are now: for records that are read together. Error: `Unavailable`. */
  async findAll(schemaIds: ReadonlySet<number>): Promise<DecoderSource> {
    const found = new Map<number, EnvelopeDecoder | null>()
    const left = [...schemaIds]
    const lookUp = async (): Promise<void> => {
      for (let schemaId = left.pop(); schemaId !== undefined; schemaId = left.pop()) {
        found.set(schemaId, await this.find(schemaId))
      }
    }
    try {
      await Promise.all(Array.from({ length: Math.min(LOOK_UPS_AT_ONCE, schemaIds.size) }, lookUp))
    } finally {
      // After a failure the others must not go on asking.
      left.length = 0
    }
    return { find: async (schemaId) => found.get(schemaId) ?? null }
  }

  private async load(schemaId: number): Promise<EnvelopeDecoder | null> {
    const schema = await this.registry.schemaById(schemaId as SchemaId)
    if (schema === null) return null
    try {
      return this.decoderOf(schema)
    } catch {
      return null
    }
  }
}
