import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve as absolute } from 'node:path'
import type { Writable } from 'node:stream'
import type { ArchiveOutput } from '../../../operations/archive/export-log.ts'
import { ExperienceError } from '../../../base/experience-error.ts'
import type { CommandContext } from '../command-context.ts'
import { write } from './write.ts'

/**
 * A file that does not exist yet, or standard output for `-`. A file is written under its name with `.partial` behind it, and
 * renamed when it is whole. Error: `InvalidQuery`, saying why it cannot be written.
 */
export async function openOutput({ stdout, cwd }: CommandContext, file: string): Promise<ArchiveOutput> {
  return file === '-' ? streamOutput(stdout) : fileOutput(file, absolute(cwd, file))
}

function streamOutput(stream: Writable): ArchiveOutput {
  return {
    name: '-',
    write: (bytes) => write(stream, bytes),
    commit: async () => {},
    // What is written is gone; the reader has to see that it is not whole.
    discard: async () => {},
  }
}

/** `file` is what the user calls it. */
async function fileOutput(file: string, path: string): Promise<ArchiveOutput> {
  const partial = `${path}.partial`
  await refuseExisting(file, path)
  const handle = await open(partial, 'w').catch((cause: NodeJS.ErrnoException) => {
    throw cannotWrite(file, cause.code ?? cause.message, cause)
  })
  return {
    name: path,
    write: (bytes) => handle.writeFile(bytes),
    commit: async () => {
      await handle.sync()
      await handle.close()
      await refuseExisting(file, path)
      await rename(partial, path)
      await syncDirectory(dirname(path))
    },
    discard: async () => {
      await handle.close()
      await rm(partial, { force: true })
    },
  }
}

async function refuseExisting(file: string, path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw cannotWrite(file, error.code ?? error.message, error)
  })
  if (found !== null) throw cannotWrite(file, 'it exists already')
}

/** A rename is durable when its directory is. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function cannotWrite(file: string, reason: string, cause?: unknown): ExperienceError {
  return new ExperienceError('InvalidQuery', `cannot write ${file}: ${reason}`, { field: 'file', cause })
}
