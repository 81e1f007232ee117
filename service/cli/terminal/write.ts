import type { Writable } from 'node:stream'

/** Whoever reads the output has closed it, as `| head` does when it has seen enough. */
export class ReaderGone extends Error {}

/** Writes, waiting while the reader is slow. Errors: `ReaderGone`, and those of the stream. */
export function write(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const hasRoom = stream.write(chunk, (error?: NodeJS.ErrnoException | null) => {
      if (error === null || error === undefined) resolve()
      else reject(error.code === 'EPIPE' ? new ReaderGone() : error)
    })
    if (hasRoom) resolve()
  })
}

/** Writes a line on standard error, waiting while its reader is slow. Where nobody reads it, the work goes on. */
export async function tell(stderr: Writable, line: string): Promise<void> {
  await write(stderr, `${line}\n`).catch(() => {})
}
