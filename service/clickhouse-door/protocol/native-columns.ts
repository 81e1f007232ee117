/** Where the values of a column of ClickHouse's native format end: how long they are, its type tells. */

/** Sizes of values, bytes, of types without arguments. */
const SIZES: Readonly<Record<string, number>> = {
  UInt8: 1,
  Int8: 1,
  Bool: 1,
  Enum8: 1,
  Nothing: 1,
  UInt16: 2,
  Int16: 2,
  Date: 2,
  Enum16: 2,
  UInt32: 4,
  Int32: 4,
  Float32: 4,
  Date32: 4,
  DateTime: 4,
  IPv4: 4,
  Decimal32: 4,
  UInt64: 8,
  Int64: 8,
  Float64: 8,
  DateTime64: 8,
  Decimal64: 8,
  UInt128: 16,
  Int128: 16,
  UUID: 16,
  IPv6: 16,
  Decimal128: 16,
  UInt256: 32,
  Int256: 32,
  Decimal256: 32,
}

/** Reads on in a block. */
export interface Cursor {
  readonly bytes: Buffer
  at: number
}

export function readVarint(cursor: Cursor): number {
  let value = 0
  for (let factor = 1; ; factor *= 128) {
    const byte = cursor.bytes.readUInt8(cursor.at++)
    value += (byte & 127) * factor
    if (byte < 128) return value
  }
}

export function skipText(cursor: Cursor): void {
  const length = readVarint(cursor)
  cursor.at += length
}

/** Passes over so many values of a type, with what stands before them. Error: TypeError, for a type that is not known here. */
export function skipColumn(cursor: Cursor, type: string, rows: number): void {
  skipPrefix(cursor, type)
  skipValues(cursor, type, rows)
}

/** What stands once before all values of a column: versions of dictionaries within. */
function skipPrefix(cursor: Cursor, type: string): void {
  const { name, inner } = partsOf(type)
  if (name === 'LowCardinality') cursor.at += 8
  else if (name !== 'Decimal' && !/^Enum|^DateTime|^FixedString/.test(name))
    for (const each of inner) skipPrefix(cursor, each)
}

function skipValues(cursor: Cursor, type: string, rows: number): void {
  const { name, inner } = partsOf(type)
  const size = Object.hasOwn(SIZES, name) ? SIZES[name] : undefined
  if (size !== undefined) return void (cursor.at += size * rows)
  switch (name) {
    case 'String':
      for (let row = 0; row < rows; row++) skipText(cursor)
      return
    case 'FixedString':
      return void (cursor.at += Number(inner[0]) * rows)
    case 'Decimal':
      return void (cursor.at += decimalSize(Number(inner[0])) * rows)
    case 'Nullable':
      cursor.at += rows
      return skipValues(cursor, inner[0]!, rows)
    case 'Array':
      return skipValues(cursor, inner[0]!, readOffsets(cursor, rows))
    case 'Map': {
      const entries = readOffsets(cursor, rows)
      for (const each of inner) skipValues(cursor, each, entries)
      return
    }
    case 'Tuple':
      if (inner.length === 0) return void (cursor.at += rows)
      for (const each of inner) skipValues(cursor, each, rows)
      return
    case 'LowCardinality':
      return skipDictionary(cursor, inner[0]!, rows)
    default:
      throw new TypeError(`no values of ${type} are known in the native format`)
  }
}

/** Ends of lists, of which the last tells how many values there are in all. */
function readOffsets(cursor: Cursor, rows: number): number {
  cursor.at += 8 * rows
  return rows === 0 ? 0 : Number(cursor.bytes.readBigUInt64LE(cursor.at - 8))
}

const HAS_KEYS = 1n << 9n

/** Words of a dictionary, and for each row which of them it is. */
function skipDictionary(cursor: Cursor, type: string, rows: number): void {
  if (rows === 0) return
  const flags = cursor.bytes.readBigUInt64LE(cursor.at)
  cursor.at += 8
  if ((flags & HAS_KEYS) !== 0n) {
    const keys = Number(cursor.bytes.readBigUInt64LE(cursor.at))
    cursor.at += 8
    // The first of them is NULL where there is one.
    skipValues(cursor, /^Nullable\((.*)\)$/.exec(type)?.[1] ?? type, keys)
  }
  // Places in it take 1, 2, 4 or 8 bytes.
  cursor.at += 8 + 2 ** Number(flags & 3n) * rows
}

function decimalSize(precision: number): number {
  if (precision <= 9) return 4
  if (precision <= 18) return 8
  return precision <= 38 ? 16 : 32
}

/** `Map(String, Array(UInt8))` → `Map`, and `String` and `Array(UInt8)`; members of a tuple without their names. */
function partsOf(type: string): { readonly name: string; readonly inner: readonly string[] } {
  const open = type.indexOf('(')
  if (open === -1) return { name: type, inner: [] }
  const name = type.slice(0, open)
  const inner = splitArguments(type.slice(open + 1, -1))
  return { name, inner: name === 'Tuple' ? inner.map(withoutName) : inner }
}

function splitArguments(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (character === "'" || character === '`') at = endOfQuoted(text, at)
    else if (character === '(') depth++
    else if (character === ')') depth--
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, at).trim())
      start = at + 1
    }
  }
  return [...parts, text.slice(start).trim()].filter((part) => part !== '')
}

function endOfQuoted(text: string, start: number): number {
  const quote = text[start]
  let at = start + 1
  while (at < text.length && text[at] !== quote) at += text[at] === '\\' ? 2 : 1
  return at
}

/** `name Type`, where a member has a name. */
function withoutName(member: string): string {
  const end = member.startsWith('`') ? endOfQuoted(member, 0) + 1 : member.search(/[^\w]/)
  return end !== -1 && member[end] === ' ' ? member.slice(end + 1) : member
}
