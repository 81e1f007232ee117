import { brokenOff, linesOf } from './answer-lines.ts'
import { readJsonObject } from './read-json.ts'

/** Events as a server sends them: one envelope a line. */
export interface EventLines {
  readonly lines: readonly string[]
  /** The cursor to go on with, where as many as were asked for were found; null otherwise. */
  readonly next: string | null
  /** The cursor of the last event; null where there is none. */
  readonly last: string | null
}

/** How the line begins that ends an answer. An envelope begins with its id. */
const LAST_LINE = '{"count":'

/** Reads all lines. Error: `Unavailable` for an answer without the line that counts them. */
export async function readEventLines(answer: Response): Promise<EventLines> {
  const lines: string[] = []
  for await (const more of linesOf(answer)) for (const line of more) lines.push(line)
  const told = lines.pop()
  if (told?.startsWith(LAST_LINE) !== true) throw brokenOff()
  const { count, next, last } = readJsonObject(told)
  if (count !== BigInt(lines.length)) throw brokenOff()
  return { lines, next: cursorIn(next), last: cursorIn(last) }
}

function cursorIn(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
