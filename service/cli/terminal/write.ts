import type { Writable } from 'node:stream'

/** Whoever reads the output has closed it, as `| head` does when it has seen enough. */
export class ReaderGone extends Error {}

/** The second, of what is written after the first. */
const GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ERR_STREAM_DESTROYED'])

/** Writes, waiting while the reader is slow. Errors: `ReaderGone`, and those of the stream. */
export function write(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const hasRoom = stream.write(chunk, (error?: NodeJS.ErrnoException | null) => {
      if (error === null || error === undefined) resolve()
      else reject(GONE.has(error.code) ? new ReaderGone() : error)
    })
    if (hasRoom) resolve()
  })
}

/** Writes a line on standard error, waiting while its reader is slow. Where nobody reads it, the work goes on. */
export async function tell(stderr: Writable, line: string): Promise<void> {
  await write(stderr, `${line}\n`).catch(() => {})
}
