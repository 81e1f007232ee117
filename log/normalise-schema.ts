import { ExperienceError } from '../base/experience-error.ts'

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, each]) => [key, sortKeys(each)]),
  )
}

/**
 * A schema's JSON text without what does not matter, white space and the order of keys: registries give texts that differ in
 * these different ids. Error: `StorageError` for what is not JSON.
 */
export function normaliseSchema(schema: string): string {
  try {
    return JSON.stringify(sortKeys(JSON.parse(schema)))
  } catch (cause) {
    throw new ExperienceError('StorageError', 'the schema is not JSON', { cause })
  }
}
