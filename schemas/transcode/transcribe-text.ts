import { BACKSLASH, QUOTE } from '../../base/characters.ts'
import { giveUp, type Transcription } from './transcription.ts'

/** A JSON string to an Avro `string`. */
export function transcribeString(at: Transcription): void {
  if (at.peek() !== QUOTE) giveUp()
  const { input, output, to: start } = at
  let from = at.from + 1
  let to = start + 1
  for (;;) {
    const byte = input[from]!
    if (byte === QUOTE) break
    if (byte === BACKSLASH) return transcribeEscaped(at)
    // Control characters, and the end of the text.
    if (!(byte >= 0x20)) giveUp()
    output[to++] = byte
    from++
  }
  at.from = from + 1
  at.to = to
  at.prefix(start, to - start - 1)
}

/** A JSON string with escapes: few have them, and JavaScript reads them. */
function transcribeEscaped(at: Transcription): void {
  const start = at.from
  skipString(at)
  writeString(at, unescaped(textBetween(at, start, at.from)))
}

/** Writes text as an Avro `string`. */
export function writeString(at: Transcription, text: string): void {
  const start = at.to
  at.to = start + 1 + at.output.write(text, start + 1)
  // What has no room is not written at all.
  if (at.output.length - at.to < MOST_UTF8_BYTES) giveUp()
  at.prefix(start, at.to - start - 1)
}

const MOST_UTF8_BYTES = 4

function unescaped(quoted: string): string {
  let text: string
  try {
    text = JSON.parse(quoted) as string
  } catch {
    return giveUp()
  }
  return text.isWellFormed() ? text : giveUp()
}

export function textBetween({ input }: Transcription, start: number, end: number): string {
  return Buffer.from(input.buffer, input.byteOffset + start, end - start).toString()
}

/** Goes past a string, escapes and all. */
export function skipString(at: Transcription): void {
  const { input } = at
  let from = at.from + 1
  for (; input[from] !== QUOTE; from++) {
    if (input[from] === undefined) giveUp()
    if (input[from] === BACKSLASH) from++
  }
  at.from = from + 1
}
