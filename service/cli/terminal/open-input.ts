import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { ExperienceError } from '../../../base/experience-error.ts'
import type { CommandContext } from '../command-context.ts'

/** What a command reads: a file, or standard input for `-`. Error: `InvalidQuery`, saying why it cannot be read. */
export async function openInput({ stdin }: CommandContext, file: string): Promise<Readable> {
  if (file === '-') return stdin
  try {
    const handle = await open(file)
    // A directory can be opened, and fails only when it is read.
    if ((await handle.stat()).isDirectory()) {
      await handle.close()
      throw new Error('it is a directory')
    }
    return handle.createReadStream()
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw new ExperienceError('InvalidQuery', `cannot read ${file}: ${code ?? message}`, { cause })
  }
}
