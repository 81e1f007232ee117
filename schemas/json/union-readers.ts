import { OPEN_BRACE, QUOTE } from '../../base/characters.ts'
import { mustBe, mustBeOneOf, oneOfExternal } from '../fault-text.ts'
import type { Variants } from '../fold-wire-form.ts'
import type { ExternalForm, TaggedForm } from '../wire-form.ts'
import type { JsonCursor } from './json-cursor.ts'
import { failMissing, type Dialect, type Reader } from './reader.ts'
import { checkValue, skipValue } from './skip-json.ts'

function variantOf(cursor: JsonCursor, variants: Variants<Reader>, word: string): Reader {
  return (variants.get(word) ?? cursor.fail(mustBeOneOf(variants.keys()))).part
}

/** `{"type": word, <content>: body}`, in any order; a body that comes first is read once its type is known. */
export function adjacentReader(variants: Variants<Reader>, { content }: TaggedForm, dialect: Dialect): Reader {
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
export function internalReader(variants: Variants<Reader>): Reader {
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
export function externalReader(variants: Variants<Reader>, form: ExternalForm): Reader {
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
