import { ExperienceError } from './experience-error.ts'
import { importByName } from './import-by-name.mjs'

/**
 * Loads a package that is installed only where it is wanted. It brings native code, so bundlers must leave it outside.
 * Error: `Unavailable`, with the message given.
 */
export async function importOptional<Module>(name: 'lmdb' | 'chdb', whenMissing: string): Promise<Module> {
  try {
    return (await importByName(name)) as Module
  } catch (cause) {
    throw new ExperienceError('Unavailable', whenMissing, { retryable: false, cause })
  }
}
