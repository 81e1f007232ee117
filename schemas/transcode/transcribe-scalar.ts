import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from '../../base/characters.ts'
import { MAX_DEPTH } from '../json/json-cursor.ts'
import { normaliseJson } from '../json/normalise-json.ts'
import { skipString, textBetween, transcribeString, writeString } from './transcribe-text.ts'
import { giveUp, type Transcription } from './transcription.ts'

const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')

export function transcribeBoolean(at: Transcription): void {
  at.peek()
  if (at.takes(TRUE)) at.write(1)
  else if (at.takes(FALSE)) at.write(0)
  else giveUp()
}

const HASH_DIGITS = 64

/** 64 hex digits in lower case. */
export function transcribeHash(at: Transcription): void {
  const start = at.to
  transcribeString(at)
  // The length of 64 takes two bytes.
  if (at.to - start !== HASH_DIGITS + 2) giveUp()
  for (let place = start + 2; place < at.to; place++) {
    const byte = at.output[place]!
    const isDigit = (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66)
    if (!isDigit) giveUp()
  }
}

/** Any JSON value, as its normalised text. */
export function transcribeJson(at: Transcription): void {
  at.peek()
  const start = at.from
  let open = 0
  do {
    const byte = at.peek()
    if (byte === QUOTE) skipString(at)
    else {
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) open++
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) open--
      else if (byte === undefined) giveUp()
      at.from++
    }
  } while (open > 0 || !isEndOfValue(at.input[at.from]))
  let text: string
  try {
    text = normaliseJson(textBetween(at, start, at.from), MAX_DEPTH - at.depth)
  } catch {
    return giveUp()
  }
  writeString(at, text)
}

/** What follows a value inside an object, white space left aside. */
function isEndOfValue(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === undefined || byte <= 0x20
}
