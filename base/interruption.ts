import { ExperienceError } from './experience-error.ts'

/** Error: `Interrupted`, if the user has asked to stop; the message says what follows from that. */
export function checkNotInterrupted(stopped: AbortSignal, consequence: string): void {
  if (stopped.aborted) throw new ExperienceError('Interrupted', `interrupted: ${consequence}`)
}
