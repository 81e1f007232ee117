import { ExperienceError } from './experience-error.ts'

/** The error of a list's event: the same error, with the event named in message and field. */
export function faultOfListed(index: number, error: ExperienceError): ExperienceError {
  const event = `events[${index}]`
  const { code, message, field, retryable } = error
  const details = { retryable, cause: error }
  if (field === undefined) return new ExperienceError(code, `${event}: ${message}`, details)
  // The reader's name for the whole text.
  const path = field === 'document' ? event : `${event}.${field}`
  return new ExperienceError(code, `${event}: ${message}`, { ...details, field: path })
}
