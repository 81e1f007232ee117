import avro, { type Schema, type Type } from 'avsc'
import { containerTypes, type MapOrder } from './container-types.ts'
import { u64LongType } from './u64-long-type.ts'

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
