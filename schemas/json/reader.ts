import { NOT_KNOWN, REQUIRED } from '../fault-text.ts'
import type { JsonCursor } from './json-cursor.ts'
import { skipValue } from './skip-json.ts'

/** Reads one value of a form at the cursor. */
export type Reader = (cursor: JsonCursor) => unknown

/** In what readers of one form differ. */
export interface Dialect {
  /** Goes past an unknown field's value: scanning only, or in full where serde_json buffers (docs/contract.md §7). */
  readonly skipUnknown: (cursor: JsonCursor) => void
  /**
   * Whether `null` stands for a float that is not finite. The reference prints it so, and cannot read it back (docs/contract.md, trap 6);
   * what was printed from an event that was accepted must be readable to us.
   */
  readonly nullFloats: boolean
}

/** What comes from outside. */
export const FROM_OUTSIDE: Dialect = { skipUnknown: skipValue, nullFloats: false }
/** What this package printed itself. */
export const FROM_OURSELVES: Dialect = { skipUnknown: skipValue, nullFloats: true }
/** What is asked: a field that is not known is a slip, by which the answer would be about something else. */
export const WITHOUT_UNKNOWN: Dialect = { skipUnknown: (cursor) => cursor.fail(NOT_KNOWN), nullFloats: false }

/** Fails with a field that a value lacks. */
export function failMissing(cursor: JsonCursor, name: string): never {
  cursor.path.push(name)
  return cursor.fail(REQUIRED)
}
