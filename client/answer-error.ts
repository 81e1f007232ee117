import { ANSWERED_CODES, type AnsweredCode } from '../base/answered-codes.ts'
import { ExperienceError } from '../base/experience-error.ts'
import { readJsonObject, type JsonObject } from './read-json.ts'

const CODES: ReadonlySet<string> = new Set(ANSWERED_CODES)

/** An answer that is an error, as this package's error: by its body, or where something between answered, by its status. */
export async function errorOfAnswer(answer: Response): Promise<ExperienceError> {
  const text = await answer.text().catch(() => '')
  let told: unknown
  try {
    told = readJsonObject(text)['error']
  } catch {
    // A proxy's page, say.
  }
  if (typeof told === 'object' && told !== null) return errorOfTold(told as JsonObject)
  return new ExperienceError(codeOfStatus(answer.status), `the server answered ${answer.status}`)
}

/** What a body tells of an error: its code, message and field. */
export function errorOfTold({ code, message, field }: JsonObject): ExperienceError {
  const known = typeof code === 'string' && CODES.has(code) ? (code as AnsweredCode) : 'StorageError'
  const words = typeof message === 'string' ? message : 'the server told no reason'
  return new ExperienceError(known, words, typeof field === 'string' ? { field } : {})
}

function codeOfStatus(status: number): AnsweredCode {
  if (status === 401) return 'Unauthorized'
  if (status === 403) return 'Forbidden'
  if (status === 404) return 'NotFound'
  if (status === 429) return 'TooManyRequests'
  if (status === 408 || status === 502 || status === 503 || status === 504) return 'Unavailable'
  return status >= 400 && status < 500 ? 'InvalidQuery' : 'StorageError'
}
