import { createHash } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'

/** What the address of a socket holds at most, with a byte of zero at its end: 108 on Linux, 104 on macOS. */
const MAX_BYTES = 104
const NAME = 'serve.sock'
/** A socket is made beside its final place. */
const ROOM = '.serve-XXXXXX/s'.length - NAME.length + 1
/** Not TMPDIR, which may differ from terminal to terminal. */
const SHORT_PLACE = '/tmp'

/**
 * Where the socket of a data directory is: in it, or, where that is too long for an address, at a short path that the directory's name
 * makes. Null where the directory is not there, or the platform has no such sockets.
 */
export async function socketPath(directory: string): Promise<string | null> {
  if (process.platform === 'win32') return null
  const found = await realpath(directory).catch(() => null)
  if (found === null) return null
  const path = join(found, NAME)
  if (Buffer.byteLength(path) + ROOM <= MAX_BYTES) return path
  const name = createHash('sha256').update(found).digest('hex').slice(0, 24)
  return join(SHORT_PLACE, `experience-log-${name}.sock`)
}
