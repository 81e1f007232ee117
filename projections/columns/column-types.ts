import {
  BoolBuffer,
  EnumBuffer,
  FixedBytesBuffer,
  Float64Buffer,
  Int32Buffer,
  Int64Buffer,
  SafeIntegerBuffer,
  type ColumnBuffer,
} from '../native/column-buffer.ts'
import { TextBuffer } from '../native/text-buffer.ts'
import { TextMapBuffer } from '../native/text-map-buffer.ts'

/** A ClickHouse type, and how JavaScript values become a column of it. */
export interface ColumnType<Value> {
  readonly sql: string
  /** The type that is sent, where the server converts it. */
  readonly sentAs: string
  newBuffer(isNullable?: boolean): ColumnBuffer<NonNullable<Value>>
}

type BufferOf<Value> = (isNullable: boolean) => ColumnBuffer<NonNullable<Value>>

function type<Value>(sql: string, bufferOf: BufferOf<Value>, sentAs = sql): ColumnType<Value> {
  return { sql, sentAs, newBuffer: (isNullable = false) => bufferOf(isNullable) }
}

export const string = type<string>('String', (isNullable) => new TextBuffer(isNullable))
/** Raw bytes in a `String`. */
export const bytes = type<Uint8Array>('String', (isNullable) => new TextBuffer(isNullable))
export const bool = type<boolean>('Bool', (isNullable) => new BoolBuffer(isNullable))
export const int32 = type<number>('Int32', (isNullable) => new Int32Buffer(isNullable))
export const uint32 = type<number>('UInt32', (isNullable) => new Int32Buffer(isNullable))
export const int64 = type<bigint>('Int64', (isNullable) => new Int64Buffer(isNullable))
export const uint64 = type<bigint>('UInt64', (isNullable) => new Int64Buffer(isNullable))
/** 16 bytes, the least significant first: `reinterpretAsFixedString(column)` gives them back. */
export const uint128 = type<Uint8Array>('UInt128', (isNullable) => new FixedBytesBuffer(isNullable, 16))
export const float64 = type<number>('Float64', (isNullable) => new Float64Buffer(isNullable))

/** Nanoseconds since the epoch. */
export const nanoseconds = type<bigint>(`DateTime64(9, 'UTC')`, (isNullable) => new Int64Buffer(isNullable))

/** Milliseconds since the epoch. */
export const milliseconds = type<number>(`DateTime64(3, 'UTC')`, (isNullable) => new SafeIntegerBuffer(isNullable))

export function nullable<Value>(inner: ColumnType<Value>): ColumnType<Value | null> {
  return type<Value | null>(`Nullable(${inner.sql})`, () => inner.newBuffer(true))
}

/** A text of few values: stored as a dictionary, sent like any other. */
export const repeated = type<string>('LowCardinality(String)', (isNullable) => new TextBuffer(isNullable), 'String')

/**
 * An `Enum8` whose numbers are the places in the list, from 1. Tables hold the numbers: words may be added at the end only,
 * and need a rebuild then. A word that is not in the list throws a `RangeError`.
 */
export function enumeration(words: readonly string[]): ColumnType<string> {
  const numbers = new Map(words.map((word, place) => [word, place + 1]))
  const sql = `Enum8(${words.map((word, place) => `'${word}' = ${place + 1}`).join(', ')})`
  return type<string>(sql, (isNullable) => new EnumBuffer(isNullable, numbers))
}

/** A `Map` of texts, in the order of the object's keys. */
export const textMap = type<Readonly<Record<string, string>>>('Map(String, String)', () => new TextMapBuffer(false))
