import { readVarint, skipColumn, type Cursor } from './native-columns.ts'

/** As of this revision a block begins with facts about itself. */
const WITH_BLOCK_INFO = 1
/** As of this revision a column says whether its values are written in a form of their own. */
const WITH_SERIALIZATION = 54_454
/** Field 1: no overflow of a limit; field 2: no bucket of an aggregation; the end. */
const BLOCK_INFO = Buffer.from([1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0])
const USUAL_FORM = Buffer.from([0])

/**
 * An answer in the native format, which the engine writes without a revision, as clients read it that name one (`client_protocol_version`).
 * Error: TypeError, for a type whose values are not known here.
 */
export function inRevision(native: Buffer, revision: number): Buffer {
  if (revision < WITH_BLOCK_INFO) return native
  const parts: Buffer[] = []
  const cursor: Cursor = { bytes: native, at: 0 }
  while (cursor.at < native.length) {
    parts.push(BLOCK_INFO)
    let start = cursor.at
    const columns = readVarint(cursor)
    const rows = readVarint(cursor)
    for (let column = 0; column < columns; column++) {
      readText(cursor)
      const type = readText(cursor)
      if (revision >= WITH_SERIALIZATION) {
        parts.push(native.subarray(start, cursor.at), USUAL_FORM)
        start = cursor.at
      }
      if (rows > 0) skipColumn(cursor, type, rows)
    }
    parts.push(native.subarray(start, cursor.at))
  }
  return Buffer.concat(parts)
}

function readText(cursor: Cursor): string {
  const length = readVarint(cursor)
  cursor.at += length
  return cursor.bytes.toString('utf8', cursor.at - length, cursor.at)
}
