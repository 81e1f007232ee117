import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { ExperienceError } from '../../base/experience-error.ts'

/** Creates the data directory, if it does not exist. Error: `InvalidSettings` where it cannot be. */
export async function createDataDirectory(directory: string): Promise<void> {
  try {
    await create(resolve(directory))
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const reason = `EXPERIENCE_LOG_DATA: cannot create the directory ${directory}: ${code ?? message}`
    throw new ExperienceError('InvalidSettings', reason, { cause })
  }
}

/** Not `recursive: true`: where a parent refuses with ENOENT, as /proc does, Node tries for ever. */
async function create(directory: string): Promise<void> {
  try {
    await mkdir(directory)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(directory) === directory) throw error
    await create(dirname(directory))
    await mkdir(directory)
  }
}
