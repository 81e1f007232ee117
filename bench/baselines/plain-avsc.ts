import avro, { type Schema, type Type } from 'avsc'
import { envelopeAvroSchema } from '../../schemas/avro/schema/avro-schema.ts'

interface Tap {
  readLong(): number
  writeLong(value: number): void
}

/** Avro `long` as a number, rounded above 2⁵³, where avsc's own refuses to read: some of a fleet's seeds are larger. */
class RoundedLongType extends avro.types.LongType {
  _read(tap: Tap): number {
    return tap.readLong()
  }

  _write(tap: Tap, value: number): void {
    tap.writeLong(value)
  }
}

/** The envelope's schema as avsc takes it by itself: numbers for longs, plain objects for maps. Faster than exact types, and lossy. */
export function plainAvscType(): Type {
  return avro.Type.forSchema(envelopeAvroSchema as Schema, {
    wrapUnions: 'auto',
    registry: { long: new RoundedLongType() },
  })
}
