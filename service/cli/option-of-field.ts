import { ExperienceError } from '../../base/experience-error.ts'

/** Options of commands by the field that a question or a subscription names. */
const OPTIONS: Readonly<Record<string, string>> = {
  after: '--after',
  as_of: '--as-of',
  'from.after': '--after',
  'from.instant': '--from',
  tenant: '--tenant',
}

/** The error as the command line tells it: by the option that was given, which is not called as its field. */
export function inOptions(error: unknown): unknown {
  if (!(error instanceof ExperienceError)) return error
  if (error.code === 'Unauthorized') {
    return new ExperienceError(error.code, `${error.message} (here: EXPERIENCE_LOG_KEY, or --key)`, { cause: error })
  }
  if (error.code !== 'InvalidQuery' || error.field === undefined) return error
  const option = OPTIONS[error.field]
  if (option === undefined || !error.message.startsWith(error.field)) return error
  const message = option + error.message.slice(error.field.length)
  return new ExperienceError(error.code, message, { field: error.field, cause: error })
}
