import type { SchemaId, SchemaRegistry } from '../log/schema-registry.ts'
import { envelopeDecoder, type EnvelopeDecoder } from '../schemas/avro/envelope-avro.ts'

/** Finds the decoder for a record's schema id: asks the registry once per id. */
export class EnvelopeDecoders {
  private readonly registry: SchemaRegistry
  private readonly decoders = new Map<number, Promise<EnvelopeDecoder | null>>()

  constructor(registry: SchemaRegistry) {
    this.registry = registry
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

  private async load(schemaId: number): Promise<EnvelopeDecoder | null> {
    const schema = await this.registry.schemaById(schemaId as SchemaId)
    if (schema === null) return null
    try {
      return envelopeDecoder(schema)
    } catch {
      return null
    }
  }
}
