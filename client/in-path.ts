import { ExperienceError } from '../base/experience-error.ts'

/** An id as part of a path. Error: `InvalidQuery`, for what a path cannot hold. */
export function inPath(field: string, id: string): string {
  if (id !== '' && id !== '.' && id !== '..') return encodeURIComponent(id)
  throw new ExperienceError('InvalidQuery', `${field}: over HTTP it cannot be ${JSON.stringify(id)}`, { field })
}
