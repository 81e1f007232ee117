import avro, { type Schema, type Type } from 'avsc'
import { containerTypes, type MapOrder } from './container-types.ts'

/** Avro `long` as an unsigned 64-bit bigint: the 64 bits are carried as they are, so values from 2⁶³ up show as negative elsewhere. */
const u64LongType = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigUInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(value)
    return bytes
  },
  fromJSON: (value: number | string) => BigInt.asUintN(64, BigInt(value)),
  toJSON: (value: bigint) => BigInt.asIntN(64, value).toString(),
  isValid: (value: unknown) => typeof value === 'bigint' && value >= 0n && value < 2n ** 64n,
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
})

/** The avsc type of a schema, with this project's longs, arrays and maps. */
export function typeOf(schema: unknown, mapOrder: MapOrder = 'as-given'): Type {
  return avro.Type.forSchema(schema as Schema, {
    registry: { long: u64LongType },
    // A long with attributes, such as a logical type, is not looked up by its name.
    typeHook: (each, options) => (isLong(each) ? u64LongType : containerTypes(each, options, mapOrder)),
    wrapUnions: 'auto',
  })
}

function isLong(schema: Schema): boolean {
  return typeof schema === 'object' && 'type' in schema && schema.type === 'long'
}
