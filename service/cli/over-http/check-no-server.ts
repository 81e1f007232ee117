import { ExperienceError } from '../../../base/experience-error.ts'
import type { Settings } from '../../settings.ts'

/** For commands that work on the log itself. Error: `InvalidSettings`, where a server is named. */
export function checkNoServer({ EXPERIENCE_LOG_URL }: Pick<Settings, 'EXPERIENCE_LOG_URL'>): void {
  if (EXPERIENCE_LOG_URL === undefined) return
  const message =
    'this command works on the log itself, and not over HTTP: leave out --url (or EXPERIENCE_LOG_URL), and run it where the log can be opened'
  throw new ExperienceError('InvalidSettings', message)
}
