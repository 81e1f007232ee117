import avro, { type Schema, type Type } from 'avsc'

interface Tap {
  pos: number
  readLong(): number
  readString(): string
  writeLong(value: number): void
  writeString(value: string): void
}

interface InnerType {
  _read(tap: Tap): unknown
  _write(tap: Tap, value: unknown): void
}

/**
 * Avro `map` as a JavaScript `Map`. avsc reads maps into plain objects, which lose the key `__proto__`; its logical types
 * only see the object, so this replaces the two methods that touch it.
 */
class ExactMapType extends avro.types.MapType {
  _read(tap: Tap): Map<string, unknown> {
    const values = this.valuesType as unknown as InnerType
    const entries = new Map<string, unknown>()
    for (let count = tap.readLong(); count !== 0; count = tap.readLong()) {
      // A negative count is followed by the size of the block in bytes.
      if (count < 0) tap.readLong()
      for (let left = Math.abs(count); left > 0; left--) entries.set(tap.readString(), values._read(tap))
    }
    return entries
  }

  _write(tap: Tap, value: ReadonlyMap<string, unknown>): void {
    const values = this.valuesType as unknown as InnerType
    if (value.size > 0) {
      tap.writeLong(value.size)
      for (const [key, item] of value) {
        tap.writeString(key)
        values._write(tap, item)
      }
    }
    tap.writeLong(0)
  }
}

/** A hook for `Type.forSchema` that makes every map an `ExactMapType`. */
export function exactMaps(schema: Schema, options: object): Type | undefined {
  const isMap = typeof schema === 'object' && !Array.isArray(schema) && 'type' in schema && schema.type === 'map'
  return isMap ? new ExactMapType(schema, options) : undefined
}
