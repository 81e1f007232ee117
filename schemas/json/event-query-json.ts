import { EventQuery } from '../contract/event-query.ts'
import { structFormOf } from '../wire-form.ts'
import { compileReader } from './compile-reader.ts'
import { WITHOUT_UNKNOWN } from './reader.ts'
import { decodeUtf8 } from './decode-utf8.ts'
import { JsonCursor } from './json-cursor.ts'

const readQuery = compileReader(structFormOf(EventQuery), WITHOUT_UNKNOWN)

/**
 * Reads a question for events from its JSON (docs/contract.md §10), 64-bit numbers exactly. Unlike the reference, it refuses fields that
 * are not known. What times and cursors say is not checked yet. Error: `InvalidQuery` naming the field.
 */
export function eventQueryFromJson(bytes: Uint8Array): EventQuery {
  const cursor = new JsonCursor(decodeUtf8(bytes))
  const query = readQuery(cursor) as EventQuery
  cursor.expectEnd()
  return query
}
