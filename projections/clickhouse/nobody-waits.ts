import { ExperienceError } from '../../base/experience-error.ts'

/** The error of a statement whose answer nobody waits for any more. */
export function nobodyWaits(): ExperienceError {
  return new ExperienceError('Interrupted', 'nobody waits for the answer any more')
}
