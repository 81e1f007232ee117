import { LF } from '../../../base/characters.ts'
import type { Readable } from 'node:stream'

/** A line without its end, as bytes; null for one that is longer than allowed, whose bytes were let go. */
export interface Line {
  /** Counts from 1. */
  readonly number: number
  readonly bytes: Buffer | null
}

/**
 * Splits a stream into lines at `\n` only: U+2028 and its like are part of a line (CONTRACT trap 26). Gives the lines that came
 * together, as views of what came, and holds no more than one line of `maxBytes` beside.
 */
export async function* readLines(input: Readable, maxBytes: number): AsyncGenerator<readonly Line[]> {
  let number = 0
  let parts: Buffer[] = []
  let length = 0
  const keep = (part: Buffer): void => {
    length += part.length
    if (length <= maxBytes) parts.push(part)
    else parts = []
  }
  const take = (): Line => {
    const bytes = length > maxBytes ? null : parts.length === 1 ? parts[0]! : Buffer.concat(parts)
    parts = []
    length = 0
    return { number: ++number, bytes }
  }
  for await (const chunk of input as AsyncIterable<Buffer>) {
    const lines: Line[] = []
    let start = 0
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      keep(chunk.subarray(start, end))
      lines.push(take())
      start = end + 1
    }
    if (start < chunk.length) keep(chunk.subarray(start))
    yield lines
  }
  if (length > 0) yield [take()]
}
