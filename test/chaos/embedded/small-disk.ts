import { execFile } from 'node:child_process'
import { mkdir, statfs } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROOMY_BYTES = 6 * 2 ** 30
const FILL_TRIES = 50

/** A file system in memory of its own (tmpfs), which can be filled: its size is set to what it holds. Needs to be root. */
export class SmallDisk {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  /** Null where this user may not mount. */
  static async mount(path: string): Promise<SmallDisk | null> {
    await mkdir(path, { recursive: true })
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${ROOMY_BYTES}`, 'tmpfs', path])
      return new SmallDisk(path)
    } catch {
      return null
    }
  }

  /** Leaves room for so many bytes only. */
  async fill(leftBytes: number): Promise<void> {
    for (let tries = 1; ; tries++) {
      const { blocks, bfree, bsize } = await statfs(this.path)
      try {
        await this.#resize((blocks - bfree) * bsize + leftBytes)
        return
      } catch (error) {
        // The system refuses a size that is less than what was written meanwhile.
        if (tries === FILL_TRIES) throw error
      }
    }
  }

  async free(): Promise<void> {
    await this.#resize(ROOMY_BYTES)
  }

  async unmount(): Promise<void> {
    await run('umount', ['-l', this.path])
  }

  async #resize(bytes: number): Promise<void> {
    await run('mount', ['-o', `remount,size=${bytes}`, this.path])
  }
}
