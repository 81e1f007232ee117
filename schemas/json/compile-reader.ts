import { OPEN_BRACE, QUOTE } from '../../base/characters.ts'
import { JsonText } from '../contract/json-text.ts'
import {
  mustBe,
  mustBeOneOf,
  mustBeUnsigned,
  NOT_A_HASH,
  NOT_KNOWN,
  ofKey,
  oneOfExternal,
  OUT_OF_RANGE,
  REQUIRED,
} from '../fault-text.ts'
import { foldWireForm, type FieldPart, type Variants, type WireFormTable } from '../fold-wire-form.ts'
import type { ExternalForm, MapForm, StructForm, TaggedForm, WireForm, WordsForm } from '../wire-form.ts'
import type { JsonCursor } from './json-cursor.ts'
import { f32Of, f64Of, integerOf } from './json-numbers.ts'
import { readNormalised } from './normalise-json.ts'
import { checkValue, skipValue } from './skip-json.ts'

/** Reads one value of a form at the cursor. */
export type Reader = (cursor: JsonCursor) => unknown

interface Dialect {
  /** Goes past an unknown field's value: scanning only, or in full where serde_json buffers (docs/contract.md §7). */
  readonly skipUnknown: (cursor: JsonCursor) => void
  /**
   * Whether `null` stands for a float that is not finite. The reference prints it so, and cannot read it back (docs/contract.md, trap 6);
   * what was printed from an event that was accepted must be readable to us.
   */
  readonly nullFloats: boolean
}

/** What comes from outside. */
const FROM_OUTSIDE: Dialect = { skipUnknown: skipValue, nullFloats: false }
/** What this package printed itself. */
export const FROM_OURSELVES: Dialect = { skipUnknown: skipValue, nullFloats: true }
/** What is asked: a field that is not known is a slip, by which the answer would be about something else. */
export const WITHOUT_UNKNOWN: Dialect = { skipUnknown: (cursor) => cursor.fail(NOT_KNOWN), nullFloats: false }

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

function failMissing(cursor: JsonCursor, name: string): never {
  cursor.path.push(name)
  return cursor.fail(REQUIRED)
}

function variantOf(cursor: JsonCursor, variants: Variants<Reader>, word: string): Reader {
  return (variants.get(word) ?? cursor.fail(mustBeOneOf(variants.keys()))).part
}

/** `{"type": word, <content>: body}`, in any order; a body that comes first is read once its type is known. */
function adjacentReader(variants: Variants<Reader>, { content }: TaggedForm, dialect: Dialect): Reader {
  return (cursor) => {
    let type: string | undefined
    let body: unknown
    let bodyStart: number | undefined
    cursor.readObject((key) => {
      cursor.path.push(key)
      if (key === 'type') {
        if (type !== undefined) cursor.fail('is given twice')
        type = cursor.readString()
        variantOf(cursor, variants, type)
      } else if (key === content) {
        if (bodyStart !== undefined) cursor.fail('is given twice')
        cursor.peek()
        bodyStart = cursor.pos
        if (type === undefined) checkValue(cursor)
        else body = variantOf(cursor, variants, type)(cursor)
      } else dialect.skipUnknown(cursor)
      cursor.path.pop()
    })
    if (type === undefined) return failMissing(cursor, 'type')
    if (bodyStart === undefined) return failMissing(cursor, content)
    return { type, [content]: body ?? readAt(cursor, bodyStart, content, variantOf(cursor, variants, type)) }
  }
}

/** Reads a value again that was gone past before. */
function readAt(cursor: JsonCursor, start: number, key: string, read: Reader): unknown {
  const end = cursor.pos
  cursor.pos = start
  cursor.path.push(key)
  const value = read(cursor)
  cursor.path.pop()
  cursor.pos = end
  return value
}

/** `{"type": word, …fields}`, the type at any place. */
function internalReader(variants: Variants<Reader>): Reader {
  return (cursor) => {
    cursor.peek()
    const start = cursor.pos
    let type: string | undefined
    cursor.readObject((key) => {
      if (key !== 'type') return skipValue(cursor)
      cursor.path.push(key)
      if (type !== undefined) cursor.fail('is given twice')
      type = cursor.readString()
      variantOf(cursor, variants, type)
      return void cursor.path.pop()
    })
    if (type === undefined) return failMissing(cursor, 'type')
    cursor.pos = start
    return { type, ...(variantOf(cursor, variants, type)(cursor) as object) }
  }
}

/** `"Word"`, or an object of exactly one key: `{"Word": body}`. */
function externalReader(variants: Variants<Reader>, form: ExternalForm): Reader {
  const words = new Set(form.words)
  const choice = oneOfExternal(words, variants.keys())
  return (cursor) => {
    if (cursor.peek() === QUOTE) {
      const word = cursor.readString()
      return words.has(word) ? word : cursor.fail(`must be ${choice}`)
    }
    if (cursor.peek() !== OPEN_BRACE) cursor.fail(mustBe(choice, cursor.describe()))
    let result: Record<string, unknown> | undefined
    cursor.readObject((word) => {
      const variant = variants.get(word)
      if (variant === undefined || result !== undefined) return cursor.fail(`must be ${choice}`)
      cursor.path.push(word)
      result = { [word]: variant.part(cursor) }
      return void cursor.path.pop()
    })
    return result ?? cursor.fail(`must be ${choice}`)
  }
}
