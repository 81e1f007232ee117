import { readFileSync, rmSync, writeFileSync } from 'node:fs'
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
  if (owner !== null && owner !== ownName() && isRunning(owner)) {
    const message = `another process (${owner.split(' ')[0]}) uses the data directory ${directory}: stop it first, or use a ClickHouse server (CLICKHOUSE_URL)`
    throw new ExperienceError('Unavailable', message)
  }
  writeFileSync(path, ownName())
  return () => rmSync(path, { force: true })
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
