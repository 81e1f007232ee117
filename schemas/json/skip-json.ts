import { LOWER_F, LOWER_T, OPEN_BRACE, OPEN_BRACKET, QUOTE } from '../../base/characters.ts'
import type { JsonCursor } from './json-cursor.ts'
import { skipString } from './json-strings.ts'
import { readNormalised } from './normalise-json.ts'

const CLOSE = { '[': ']', '{': '}' } as const

/**
 * Goes past a value that is dropped. Like serde_json it only scans: lone surrogates, huge numbers and any depth pass
 * (docs/contract.md §7), so it may not recurse.
 */
export function skipValue(cursor: JsonCursor): void {
  const open: ('[' | '{')[] = []
  for (;;) {
    const opened = skipOpening(cursor, open)
    if (opened) continue
    // After a value: close what ends here, then go to the next member or item.
    for (;;) {
      const innermost = open.at(-1)
      if (innermost === undefined) return
      cursor.peek()
      const next = cursor.text[cursor.pos]
      if (next === CLOSE[innermost]) {
        open.pop()
        cursor.pos++
        continue
      }
      if (next !== ',') cursor.fail('lacks a comma or a closing bracket')
      cursor.pos++
      if (innermost === '{') skipKey(cursor)
      break
    }
  }
}

/** Goes past a value that serde_json reads in full before it drops it (docs/contract.md §7: buffered values). */
export function checkValue(cursor: JsonCursor): void {
  readNormalised(cursor)
}

/** Goes past one scalar, or into a container that is not empty; says whether a value must follow. */
function skipOpening(cursor: JsonCursor, open: ('[' | '{')[]): boolean {
  const unit = cursor.peek()
  if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
    const kind = unit === OPEN_BRACE ? '{' : '['
    cursor.pos++
    cursor.peek()
    if (cursor.text[cursor.pos] === CLOSE[kind]) {
      cursor.pos++
      return false
    }
    open.push(kind)
    if (kind === '{') skipKey(cursor)
    return true
  }
  if (unit === QUOTE) skipString(cursor)
  else if (!cursor.takeNull()) {
    if (unit === LOWER_T || unit === LOWER_F) cursor.readBoolean()
    else cursor.readNumber()
  }
  return false
}

function skipKey(cursor: JsonCursor): void {
  if (cursor.peek() !== QUOTE) cursor.fail('lacks a key in quotes')
  skipString(cursor)
  cursor.peek()
  if (cursor.text[cursor.pos] !== ':') cursor.fail('lacks a colon')
  cursor.pos++
}
