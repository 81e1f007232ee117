import { LF } from '../../base/characters.ts'
import { GatheredBytes } from '../../base/gathered-bytes.ts'

/** A line without its end, as bytes; null for one that is longer than allowed, whose bytes were let go. */
export interface Line {
  /** Counts from 1. */
  readonly number: number
  readonly bytes: Buffer | null
  /** What it takes in the input, with its end. */
  readonly length: number
}

/**
 * Splits a stream into lines at `\n` only: U+2028 and its like are part of a line (docs/contract.md, trap 26). Gives the lines that came
 * together, as views of what came, and holds no more than one line of `maxBytes` beside. `holds` is told after each chunk how much of a line is held; it may throw.
 */
export async function* readLines(
  input: AsyncIterable<Buffer>,
  maxBytes: number,
  holds?: (bytes: number) => void,
): AsyncGenerator<readonly Line[]> {
  let number = 0
  let length = 0
  const held = new GatheredBytes()
  const keep = (part: Buffer): void => {
    length += part.length
    if (length <= maxBytes) held.add(part)
    else held.clear()
  }
  const take = (end: number): Line => {
    const bytes = length > maxBytes ? null : held.take()
    const taken = { number: ++number, bytes, length: length + end }
    length = 0
    return taken
  }
  for await (const chunk of input) {
    const lines: Line[] = []
    let start = 0
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      keep(chunk.subarray(start, end))
      lines.push(take(1))
      start = end + 1
    }
    if (start < chunk.length) keep(chunk.subarray(start))
    holds?.(held.length)
    yield lines
  }
  if (length > 0) yield [take(0)]
}
