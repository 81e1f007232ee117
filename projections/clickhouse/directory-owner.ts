import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from '../../base/is-alive.ts'
import { ExperienceError } from '../../base/experience-error.ts'

const FILE = 'owner'

/**
 * Notes down that this process uses a chDB directory, and answers with how to take that back. The engine locks the directory
 * itself, but says so on standard error, which is not ours to write to. Error: `Unavailable`, naming the process that uses it.
 */
export function ownDirectory(directory: string): () => void {
  const path = join(directory, FILE)
  const owner = readOwner(path)
  if (owner !== null && owner !== ownName() && isRunning(owner))
    throw new DirectoryInUse(directory, owner.split(' ')[0])
  const holder = lockHolder(join(directory, LOCKED_FILE))
  if (holder !== null && holder !== process.pid) throw new DirectoryInUse(directory, String(holder))
  writeFileSync(path, ownName())
  return () => rmSync(path, { force: true })
}

/** A process has the directory, named by its id if that is known. */
export class DirectoryInUse extends ExperienceError {
  constructor(directory: string, pid?: string, cause?: unknown) {
    const message =
      `another process ${pid === undefined ? '' : `(${pid}) `}uses the data directory ${directory}: wait until it has ended ` +
      '("experience-log rebuild status" tells whether it rebuilds), or stop it; a ClickHouse server (CLICKHOUSE_URL) serves several at once'
    super('Unavailable', message, { cause })
  }
}

/** What the engine locks, by flock(2). */
const LOCKED_FILE = 'status'

/** Who has locked a file, where the system tells (Linux, proc_locks(5)): a program of its own that uses chDB, say. Else null. */
function lockHolder(path: string): number | null {
  try {
    const { dev, ino } = statSync(path)
    const hex = (value: number): string => value.toString(16).padStart(2, '0')
    // As the C library's gnu_dev_major and gnu_dev_minor take a device apart.
    const device = `${hex((dev >> 8) & 0xfff)}:${hex((dev & 0xff) | ((dev >> 12) & 0xfff00))}`
    const locks = readFileSync('/proc/locks', 'utf8')
    const pid = new RegExp(`FLOCK +ADVISORY +WRITE +(\\d+) +${device}:${ino} `).exec(locks)?.[1]
    return pid === undefined ? null : Number(pid)
  } catch {
    return null
  }
}

function readOwner(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function ownName(): string {
  return nameOf(process.pid)
}

/** A process id, and where the system tells it the time of its start: ids are given again. */
function nameOf(pid: number): string {
  return `${pid} ${startOf(pid)}`.trimEnd()
}

function startOf(pid: number): string {
  try {
    // Field 22 of /proc/PID/stat, counted behind the name in brackets, which may hold blanks (proc_pid_stat(5)).
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

function isRunning(owner: string): boolean {
  const pid = Number(owner.split(' ')[0])
  return isAlive(pid) && nameOf(pid) === owner
}
