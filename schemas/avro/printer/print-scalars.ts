import { JsonText } from '../../contract/json-text.ts'
import type { JsonBytes } from '../../json/json-bytes.ts'
import { UNUSUAL, type AvroCursor } from './avro-cursor.ts'

/**
 * Prints the JSON text of the value at the cursor, which stands behind it then. A union and a map begin with a number: the branch,
 * or how many items the first block has; where the caller has read it, it is the `head`. Throws `UNUSUAL`.
 */
export type Print = (cursor: AvroCursor, out: JsonBytes, head?: number) => void

/** A text of ours as bytes. */
export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text))
}

export function printString(cursor: AvroCursor, out: JsonBytes): void {
  cursor.string()
  const { start, end } = cursor
  if (!out.string(cursor.bytes, start, end)) cursor.checkUtf8(start, end)
}

const HASH_DIGITS = 64

/** As it is in lower case. */
export function printHash(cursor: AvroCursor, out: JsonBytes): void {
  cursor.string()
  const { bytes, start, end } = cursor
  if (end - start !== HASH_DIGITS) throw UNUSUAL
  for (let i = start; i < end; i++) {
    const unit = bytes[i]!
    const isDigit = (unit >= 0x30 && unit <= 0x39) || (unit >= 0x61 && unit <= 0x66)
    if (!isDigit) throw UNUSUAL
  }
  out.string(bytes, start, end)
}

export function printJson(cursor: AvroCursor, out: JsonBytes): void {
  cursor.string()
  cursor.checkUtf8(cursor.start, cursor.end)
  let payload
  try {
    payload = JsonText.payload(cursor.text())
  } catch {
    throw UNUSUAL
  }
  out.text(payload === null ? 'null' : payload.text)
}

export function printU32(cursor: AvroCursor, out: JsonBytes): void {
  cursor.long()
  if (cursor.high !== 0) throw UNUSUAL
  out.unsigned(cursor.low, 0)
}

export function printU64(cursor: AvroCursor, out: JsonBytes): void {
  cursor.long()
  out.unsigned(cursor.low, cursor.high)
}

export function wordsPrinter(words: readonly string[]): Print {
  const texts = words.map((word) => bytesOf(`"${word}"`))
  return (cursor, out) => {
    const text = texts[cursor.count()]
    if (text === undefined) throw UNUSUAL
    out.literal(text)
  }
}
