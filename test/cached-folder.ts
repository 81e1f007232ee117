import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const TARGET = fileURLToPath(new URL('../stack/target', import.meta.url))

/** The folder of that name beside the servers' files, filled by `fill` where there is none yet; rejects as `fill` does. */
export async function cachedFolder(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const cached = join(TARGET, name)
  if (await exists(cached)) return cached
  await mkdir(TARGET, { recursive: true })
  const fresh = await mkdtemp(join(TARGET, 'fresh-'))
  try {
    await fill(fresh)
    // By a rename, so that the folder is whole or absent; another run may have been faster.
    await rename(fresh, cached).catch(async (error: unknown) => {
      if (!(await exists(cached))) throw error
    })
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return cached
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
