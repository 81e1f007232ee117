import type { TokenReader } from './token-reader.ts'

/** Words that end what stands before them, so that none of them is a name unless it is quoted. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'ALL AND ANTI ANY ARRAY AS ASC ASOF BETWEEN BY CASE COLLATE CROSS DESC DISTINCT ELSE END EXCEPT FINAL FORMAT FROM FULL ' +
    'GLOBAL GROUP HAVING ILIKE IN INNER INTERSECT INTO IS JOIN LEFT LIKE LIMIT NOT OFFSET ON OR ORDER OUTER OVER PASTE PREWHERE ' +
    'QUALIFY RIGHT SAMPLE SELECT SEMI SETTINGS THEN UNION USING WHEN WHERE WINDOW WITH'
  ).split(' '),
)

/** Whether a name stands next. */
export function isName(reader: TokenReader): boolean {
  const { kind, text } = reader.token
  return kind === 'quoted-name' || (kind === 'word' && !RESERVED.has(text.toUpperCase()))
}

export function readName(reader: TokenReader): string {
  if (!isName(reader)) throw reader.unexpected('a name')
  return reader.take().text
}

/** A name where an expression has to begin: OFFSET, which ends one, is a column of the views there. */
export function readColumn(reader: TokenReader): string {
  return reader.isWords('OFFSET') ? reader.take().text : readName(reader)
}

/** What stands behind a point: any word is a name there. */
export function readMember(reader: TokenReader): string {
  const { kind } = reader.token
  if (kind !== 'word' && kind !== 'quoted-name') throw reader.unexpected('a name')
  return reader.take().text
}

/** `AS name`, or the name alone; null where neither stands. */
export function readAlias(reader: TokenReader): string | null {
  if (reader.tookWords('AS')) {
    return readMember(reader)
  }
  return isName(reader) ? reader.take().text : null
}
