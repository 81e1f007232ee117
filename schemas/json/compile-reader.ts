import { JsonText } from '../contract/json-text.ts'
import { mustBeOneOf, mustBeUnsigned, NOT_A_HASH, ofKey, OUT_OF_RANGE } from '../fault-text.ts'
import { foldWireForm, type FieldPart, type WireFormTable } from '../fold-wire-form.ts'
import type { MapForm, StructForm, WireForm, WordsForm } from '../wire-form.ts'
import type { JsonCursor } from './json-cursor.ts'
import { f32Of, f64Of, integerOf } from './json-numbers.ts'
import { readNormalised } from './normalise-json.ts'
import { failMissing, FROM_OUTSIDE, type Dialect, type Reader } from './reader.ts'
import { checkValue } from './skip-json.ts'
import { adjacentReader, externalReader, internalReader } from './union-readers.ts'

/** Compiles the reader of a form: what the reference's serde_json accepts, it reads; everything else fails with the field. */
export function compileReader(form: WireForm, dialect: Dialect = FROM_OUTSIDE): Reader {
  return foldWireForm(form, readers, dialect)
}

const readers: WireFormTable<Reader, Reader, Dialect> = {
  string: () => (cursor) => cursor.readString(),
  boolean: () => (cursor) => cursor.readBoolean(),
  u32: () => (cursor) => Number(readUnsigned(cursor, U32_MAX, 32)),
  u64: () => (cursor) => readUnsigned(cursor, U64_MAX, 64),
  f32: (dialect) => (cursor) => readFloat(cursor, f32Of, dialect),
  f64: (dialect) => (cursor) => readFloat(cursor, f64Of, dialect),
  hash: () => readHash,
  json: () => (cursor) => JsonText.ofNormalised(readNormalised(cursor)),
  words: wordReader,
  array: arrayReader,
  map: mapReader,
  members: structReader,
  struct: (members) => members,
  adjacent: adjacentReader,
  internal: internalReader,
  external: externalReader,
  // serde_json buffers the whole of an internally tagged object, so unknown fields within are read in full.
  enter: (dialect, whole) => (whole.form === 'internal' ? { ...dialect, skipUnknown: checkValue } : dialect),
}

const U32_MAX = 2n ** 32n - 1n
const U64_MAX = 2n ** 64n - 1n

function readUnsigned(cursor: JsonCursor, max: bigint, bits: 32 | 64): bigint {
  const token = cursor.readNumber()
  const value = integerOf(token)
  if (value === null || value < 0n || value > max) cursor.fail(mustBeUnsigned(bits))
  return value
}

function readFloat(cursor: JsonCursor, convert: typeof f64Of, { nullFloats }: Dialect): number {
  if (nullFloats && cursor.takeNull()) return Number.NaN
  const token = cursor.readNumber()
  if (!Number.isFinite(f64Of(token))) cursor.fail(OUT_OF_RANGE)
  return convert(token)
}

function readHash(cursor: JsonCursor): string {
  const text = cursor.readString()
  if (!/^[0-9a-fA-F]{64}$/.test(text)) cursor.fail(NOT_A_HASH)
  return text.toLowerCase()
}

function wordReader({ words }: WordsForm): Reader {
  const known = new Set(words)
  return (cursor) => {
    const word = cursor.readString()
    if (!known.has(word)) cursor.fail(mustBeOneOf(words))
    return word
  }
}

function arrayReader(item: Reader): Reader {
  return (cursor) => {
    const items: unknown[] = []
    cursor.readArray((index) => {
      cursor.path.push(index)
      items.push(item(cursor))
      cursor.path.pop()
    })
    return items
  }
}

function mapReader(value: Reader, { keyWords }: MapForm): Reader {
  return (cursor) => {
    const entries = new Map<string, unknown>()
    cursor.readObject((key) => {
      if (keyWords !== null && !keyWords.includes(key)) cursor.fail(ofKey(mustBeOneOf(keyWords)))
      cursor.path.push(key)
      entries.set(key, value(cursor))
      cursor.path.pop()
    })
    return entries
  }
}

type FieldReader = FieldPart<Reader>
type FieldReaders = ReadonlyMap<string, FieldReader>

function structReader(parts: readonly FieldReader[], _: StructForm, dialect: Dialect): Reader {
  const fields = new Map(parts.map((field) => [field.name, field]))
  return (cursor) => {
    const values = new Map<FieldReader, unknown>()
    cursor.readObject((key) => readMember(cursor, fields, values, key, dialect))
    return completeStruct(cursor, fields, values)
  }
}

function readMember(
  cursor: JsonCursor,
  fields: FieldReaders,
  values: Map<FieldReader, unknown>,
  key: string,
  dialect: Dialect,
): void {
  cursor.path.push(key)
  const field = fields.get(key)
  if (field === undefined) dialect.skipUnknown(cursor)
  else {
    if (values.has(field)) cursor.fail('is given twice')
    values.set(field, field.presence === 'nullable' && cursor.takeNull() ? null : field.part(cursor))
  }
  cursor.path.pop()
}

/** Fills what was absent, in the order of the contract. */
function completeStruct(
  cursor: JsonCursor,
  fields: FieldReaders,
  values: ReadonlyMap<FieldReader, unknown>,
): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const field of fields.values()) {
    const value = values.get(field)
    if (value === undefined && field.presence === 'required') failMissing(cursor, field.name)
    result[field.name] = value === undefined ? field.defaultValue() : value
  }
  return result
}
