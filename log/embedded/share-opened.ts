import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { LmdbTables } from './lmdb-tables.ts'

/** Tables that this process has open. */
interface Opened {
  readonly tables: LmdbTables
  users: number
  /** Ends when the tables are closed, which begins when nobody uses them any more; null before. */
  closing: Promise<void> | null
}

/** Of the process, not of this module: a bundler may put several copies of the library into one process. */
const OPENED = Symbol.for('experience-log: open LMDB tables')
const ofProcess = globalThis as { [OPENED]?: Map<string, Opened> }
/** By the file that holds the tables: a directory may be opened under several names. */
const opened = (ofProcess[OPENED] ??= new Map<string, Opened>())

/**
 * The tables of a directory, opened once in this process and closed when everyone who was given them has closed them.
 *
 * Why not once for each: lmdb opens tables by a transaction that the main thread waits for, and a transaction of `transaction`
 * holds LMDB's one write lock while it waits for the main thread to run its action. lmdb lets the former go first where both
 * are of one environment; of two, both would wait for ever, and the process with them.
 */
export async function shareOpened(directory: string, open: () => LmdbTables): Promise<LmdbTables> {
  for (;;) {
    const known = opened.get(fileOf(directory) ?? '')
    if (known === undefined) break
    if (known.closing === null) return share(known, directory)
    // Who opens beside it would wait as above for what is still being written.
    await known.closing
  }
  // From the look to here nothing waits, so that nobody else of this process opens them meanwhile.
  const made: Opened = { tables: open(), users: 0, closing: null }
  const file = fileOf(directory)
  if (file !== null) opened.set(file, made)
  return share(made, directory)
}

/** What tells the tables' file from every other on this machine; null while there is none. */
function fileOf(directory: string): string | null {
  const stats = statSync(join(directory, 'data.mdb'), { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? null : `${stats.dev} ${stats.ino}`
}

function share(shared: Opened, directory: string): LmdbTables {
  shared.users++
  let closed: Promise<void> | undefined
  return { ...shared.tables, directory, close: () => (closed ??= leave(shared)) }
}

async function leave(shared: Opened): Promise<void> {
  shared.users--
  if (shared.users > 0) return
  shared.closing = shared.tables.close().finally(() => forget(shared))
  await shared.closing
}

function forget(shared: Opened): void {
  for (const [file, each] of opened) if (each === shared) opened.delete(file)
}
