import { ExperienceError } from '../base/experience-error.ts'
import { unexpectedAnswer } from './read-json.ts'

/** The lines of an answer, as they come: those that came together. What stands behind the last line feed is none. */
export async function* linesOf(answer: Response): AsyncGenerator<readonly string[]> {
  if (answer.body === null) throw unexpectedAnswer('is empty')
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let begun: string[] = []
  for await (const bytes of answer.body as AsyncIterable<Uint8Array>) {
    const lines = decoder.decode(bytes, { stream: true }).split('\n')
    const rest = lines.pop()!
    if (lines.length === 0) begun.push(rest)
    else {
      lines[0] = begun.join('') + lines[0]!
      begun = [rest]
      yield lines
    }
  }
}

/** The answer ended before its last line: a part of it must not pass for the whole. */
export function brokenOff(cause?: unknown): ExperienceError {
  return new ExperienceError('Unavailable', "the server's answer broke off", { cause })
}
