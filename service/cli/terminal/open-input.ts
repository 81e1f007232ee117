import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { ExperienceError } from '../../../base/experience-error.ts'
import type { CommandContext } from '../command-context.ts'

/** What a command reads. */
export interface Input {
  readonly stream: Readable
  /** Bytes of a file; null where they are not known before the end. */
  readonly size: number | null
}

/** A file, or standard input for `-`. Error: `InvalidQuery`, saying why it cannot be read. */
export async function openInput({ stdin, cwd }: CommandContext, file: string): Promise<Input> {
  if (file === '-') return { stream: stdin, size: null }
  try {
    const handle = await open(resolve(cwd, file))
    // A directory can be opened, and fails only when it is read.
    const found = await handle.stat()
    if (found.isDirectory()) {
      await handle.close()
      throw new Error('it is a directory')
    }
    return { stream: handle.createReadStream(), size: found.isFile() ? found.size : null }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw new ExperienceError('InvalidQuery', `cannot read ${file}: ${code ?? message}`, { cause })
  }
}
