import { ExperienceError } from '../base/experience-error.ts'
import { brokenOff, linesOf } from './answer-lines.ts'
import { readJsonObject, type JsonObject } from './read-json.ts'

/**
 * The rows of an answer in lines, as they come; returns its last line, which alone has the field `closing`. Errors: `Unavailable` where
 * the answer breaks off before it; `StorageError` for a line that is none.
 */
export async function* rowLines(answer: Response, closing: string): AsyncGenerator<JsonObject, JsonObject> {
  try {
    for await (const lines of linesOf(answer)) {
      for (const line of lines) {
        const row = readJsonObject(line)
        if (closing in row) return row
        yield row
      }
    }
  } catch (error) {
    throw error instanceof ExperienceError ? error : brokenOff(error)
  }
  throw brokenOff()
}
