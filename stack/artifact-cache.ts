import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from '../base/is-alive.ts'

export const STACK_DIRECTORY = import.meta.dirname
export const POM_FILE = join(STACK_DIRECTORY, 'pom.xml')
const TARGET_DIRECTORY = join(STACK_DIRECTORY, 'target')
const LOCK_FILE = join(TARGET_DIRECTORY, 'resolving.lock')
const LOCK_POLL_MS = 200

/** The version of Kafka that the pom names. */
export const PINNED = 'pinned'

/** To be raised when resolve-artifacts.ts lays the folder out in another way. */
const LAYOUT = 1

/** Whether a start needs no Maven. */
export async function areArtifactsCached(): Promise<boolean> {
  return isDirectory(await cacheDirectory(PINNED))
}

/**
 * The folder with the artifacts of the present pom, of the version of Kafka that it names or of another, filled by `fill` when there is none. A folder appears by a rename, so it is
 * whole or absent, whoever is killed on the way; the lock merely spares a second process the same work.
 */
export async function cachedArtifacts(kafkaVersion: string, fill: (staging: string) => Promise<void>): Promise<string> {
  const cached = await cacheDirectory(kafkaVersion)
  if (await isDirectory(cached)) return cached
  await mkdir(TARGET_DIRECTORY, { recursive: true })
  const unlock = await lock()
  try {
    if (await isDirectory(cached)) return cached
    for (const name of await readdir(TARGET_DIRECTORY)) {
      if (name.startsWith('staging-')) await rm(join(TARGET_DIRECTORY, name), { recursive: true, force: true })
    }
    const staging = join(TARGET_DIRECTORY, `staging-${process.pid}`)
    await mkdir(staging)
    await fill(staging)
    await rename(staging, cached)
    return cached
  } finally {
    await unlock()
  }
}

async function cacheDirectory(kafkaVersion: string): Promise<string> {
  const hash = createHash('sha256')
    .update(`${LAYOUT}\n`)
    .update(await readFile(POM_FILE))
    .digest('hex')
  const name = hash.slice(0, 16)
  return join(TARGET_DIRECTORY, kafkaVersion === PINNED ? name : `${name}-kafka-${kafkaVersion}`)
}

/** Waits for the lock; one left behind by a process that is gone is taken over. */
async function lock(): Promise<() => Promise<void>> {
  for (;;) {
    try {
      await writeFile(LOCK_FILE, String(process.pid), { flag: 'wx' })
      return () => rm(LOCK_FILE, { force: true })
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error
    }
    const owner = await readFile(LOCK_FILE, 'utf8').catch(() => '')
    if (owner !== '' && !isAlive(Number(owner))) await rm(LOCK_FILE, { force: true })
    else await sleep(LOCK_POLL_MS)
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
