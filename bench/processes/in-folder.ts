import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Lends a new folder of a name that never comes again, and removes it. */
export async function inFolder<Result>(directory: string, work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(directory, 'read-model-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
