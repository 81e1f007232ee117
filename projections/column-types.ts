import type { RowBinaryWriter } from './row-binary.ts'

/** A ClickHouse type, and how a JavaScript value becomes one. */
export interface ColumnType<Value> {
  readonly sql: string
  write(writer: RowBinaryWriter, value: Value): void
}

export const string: ColumnType<string> = { sql: 'String', write: (writer, value) => writer.string(value) }
/** Raw bytes in a `String`. */
export const bytes: ColumnType<Uint8Array> = { sql: 'String', write: (writer, value) => writer.bytes(value) }
export const bool: ColumnType<boolean> = { sql: 'Bool', write: (writer, value) => writer.bool(value) }
export const int32: ColumnType<number> = { sql: 'Int32', write: (writer, value) => writer.int32(value) }
export const uint32: ColumnType<number> = { sql: 'UInt32', write: (writer, value) => writer.uint32(value) }
export const int64: ColumnType<bigint> = { sql: 'Int64', write: (writer, value) => writer.int64(value) }
export const uint64: ColumnType<bigint> = { sql: 'UInt64', write: (writer, value) => writer.uint64(value) }
/** 16 bytes, the least significant first: `reinterpretAsFixedString(column)` gives them back. */
export const uint128: ColumnType<Uint8Array> = { sql: 'UInt128', write: (writer, value) => writer.uint128(value) }
export const float32: ColumnType<number> = { sql: 'Float32', write: (writer, value) => writer.float32(value) }
export const float64: ColumnType<number> = { sql: 'Float64', write: (writer, value) => writer.float64(value) }

/** Nanoseconds since the epoch. */
export const nanoseconds: ColumnType<bigint> = {
  sql: `DateTime64(9, 'UTC')`,
  write: (writer, value) => writer.int64(value),
}

/** Milliseconds since the epoch. */
export const milliseconds: ColumnType<number> = {
  sql: `DateTime64(3, 'UTC')`,
  write: (writer, value) => writer.int64(BigInt(Math.trunc(value))),
}

export function nullable<Value>(type: ColumnType<Value>): ColumnType<Value | null> {
  return {
    sql: `Nullable(${type.sql})`,
    write: (writer, value) => {
      if (value === null) {
        writer.uint8(1)
      } else {
        writer.uint8(0)
        type.write(writer, value)
      }
    },
  }
}

/** A text of few values: stored as a dictionary, written like the plain type. */
export const repeated: ColumnType<string> = { ...string, sql: 'LowCardinality(String)' }

/**
 * An `Enum8` whose numbers are the places in the list, from 1. Tables hold the numbers: words may be added at the end only,
 * and need a rebuild then. A word that is not in the list throws a `RangeError`.
 */
export function enumeration(words: readonly string[]): ColumnType<string> {
  const numbers = new Map(words.map((word, place) => [word, place + 1]))
  return {
    sql: `Enum8(${words.map((word, place) => `'${word}' = ${place + 1}`).join(', ')})`,
    write: (writer, value) => {
      const number = numbers.get(value)
      if (number === undefined) throw new RangeError(`not a word of the enumeration: ${JSON.stringify(value)}`)
      writer.uint8(number)
    },
  }
}

export function array<Value>(type: ColumnType<Value>): ColumnType<readonly Value[]> {
  return {
    sql: `Array(${type.sql})`,
    write: (writer, values) => {
      writer.varint(values.length)
      for (const value of values) type.write(writer, value)
    },
  }
}

/** A `Map` of texts, in the order of the object's keys. */
export const textMap: ColumnType<Readonly<Record<string, string>>> = {
  sql: 'Map(String, String)',
  write: (writer, value) => {
    const entries = Object.entries(value)
    writer.varint(entries.length)
    for (const [key, text] of entries) {
      writer.string(key)
      writer.string(text)
    }
  },
}
