import avro, { type Schema, type Type } from 'avsc'
import { compareUtf8 } from '../../json/compare-utf8.ts'

interface Tap {
  readonly buf: Buffer
  readonly pos: number
  readLong(): number
  readString(): string
  writeLong(value: number): void
  writeString(value: string): void
}

interface InnerType {
  _read(tap: Tap): unknown
  _write(tap: Tap, value: unknown): void
  _copy(value: unknown, options?: object): unknown
}

/**
 * How many items the next block holds; 0 after the last. avsc believes any count, and a corrupt record could make it take
 * 2^53 items: each item of our schemas has at least a byte, so more items than bytes cannot be.
 */
function readBlockCount(tap: Tap): number {
  const count = tap.readLong()
  // A negative count is followed by the size of the block in bytes.
  if (count < 0) tap.readLong()
  const items = Math.abs(count)
  if (items > tap.buf.length - tap.pos) throw new RangeError('a block of more items than there are bytes')
  return items
}

/** Avro `array` that holds no more items than its bytes allow. */
class BoundedArrayType extends avro.types.ArrayType {
  _read(tap: Tap): unknown[] {
    const type = this.itemsType as unknown as InnerType
    const items: unknown[] = []
    for (let count = readBlockCount(tap); count !== 0; count = readBlockCount(tap)) {
      for (let left = count; left > 0; left--) items.push(type._read(tap))
    }
    return items
  }

  _skip(tap: Tap): void {
    this._read(tap)
  }
}

/**
 * Avro `map` as a JavaScript `Map`. avsc reads maps into plain objects, which lose the key `__proto__`; its logical types
 * only see the object, so this replaces the methods that touch it.
 */
class ExactMapType extends avro.types.MapType {
  _read(tap: Tap): Map<string, unknown> {
    const values = this.valuesType as unknown as InnerType
    const entries = new Map<string, unknown>()
    for (let count = readBlockCount(tap); count !== 0; count = readBlockCount(tap)) {
      for (let left = count; left > 0; left--) entries.set(tap.readString(), values._read(tap))
    }
    return entries
  }

  _skip(tap: Tap): void {
    this._read(tap)
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

  /** Copies a field's default: a plain object as the schema spells it, a Map after that. */
  _copy(
    value: ReadonlyMap<string, unknown> | Readonly<Record<string, unknown>>,
    options?: object,
  ): Map<string, unknown> {
    const values = this.valuesType as unknown as InnerType
    const entries = value instanceof Map ? value : Object.entries(value)
    return new Map(Array.from(entries, ([key, item]) => [key, values._copy(item, options)]))
  }
}

/** The same, written in the order of the keys' bytes, whatever the order of the `Map`. */
class SortedMapType extends ExactMapType {
  override _write(tap: Tap, value: ReadonlyMap<string, unknown>): void {
    super._write(tap, value.size < 2 ? value : new Map([...value].toSorted(([a], [b]) => compareUtf8(a, b))))
  }
}

/** In which order maps are written: that of the `Map`, or that of the keys' bytes. */
export type MapOrder = 'as-given' | 'by-key'

/**
 * A hook for `Type.forSchema` that makes every array and map one of these, and every union of two branches beside null one of
 * wrapped values: left to itself, avsc would wrap or not by how many records there are, which differs between versions.
 */
export function containerTypes(schema: Schema, options: object, mapOrder: MapOrder): Type | undefined {
  if (Array.isArray(schema)) {
    return schema.filter((branch) => branch !== 'null').length > 1
      ? new avro.types.WrappedUnionType(schema, options)
      : undefined
  }
  if (typeof schema !== 'object' || !('type' in schema)) return undefined
  if (schema.type === 'array') return new BoundedArrayType(schema, options)
  if (schema.type !== 'map') return undefined
  return mapOrder === 'by-key' ? new SortedMapType(schema, options) : new ExactMapType(schema, options)
}
