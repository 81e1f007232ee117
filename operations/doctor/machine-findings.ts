import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { importOptional } from '../../base/import-optional.ts'
import { bytesText, fine, type Finding } from './finding.ts'

export interface MachineNeeds {
  /** Versions of Node, as package.json spells them: `^20.19.0 || >=24.0.0`. */
  readonly engines: string
  /** Packages that the embedded parts need; none where all is distributed. */
  readonly packages: readonly ('lmdb' | 'chdb')[]
  /** Directory of the embedded parts; it need not exist yet. */
  readonly directory: string
}

/** Less is too little for a compaction of the log or a merge of the tables. */
const FREE_BYTES = 2 * 1024 ** 3

/** Whether this machine can run what the settings ask for. Creates nothing. */
export async function machineFindings({ engines, packages, directory }: MachineNeeds): Promise<Finding[]> {
  const findings = [nodeFinding(process.versions.node, engines)]
  for (const name of packages) findings.push(await packageFinding(name))
  if (packages.length > 0) findings.push(...(await directoryFindings(resolve(directory))))
  return findings
}

/** Whether a version of Node is one of those that package.json names. Exported for its test. */
export function nodeFinding(version: string, engines: string): Finding {
  const running = `Node ${version} on ${process.platform} ${process.arch}`
  if (engines.split('||').some((range) => isWithin(version, range.trim()))) return fine('machine', running)
  const next = 'install Node 24 or 22: nothing is tested on this version'
  return { area: 'machine', severity: 'warning', message: `${running}, but supported are ${engines}`, next }
}

/** Of npm's ranges those that package.json uses: `^1.2.3` and `>=1.2.3`. */
function isWithin(version: string, range: string): boolean {
  const [have = [], least = []] = [version, range].map((text) => text.replace(/^\D+/, '').split('.').map(Number))
  if (range.startsWith('^') && have[0] !== least[0]) return false
  const differing = least.findIndex((part, index) => have[index] !== part)
  return differing < 0 || (have[differing] ?? 0) > (least[differing] ?? 0)
}

async function packageFinding(name: 'lmdb' | 'chdb'): Promise<Finding> {
  try {
    await importOptional(name, '')
    return fine('machine', `the package ${name} loads`)
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message.split('\n')[0]})` : ''
    const message = `the package ${name}, which the embedded size needs, cannot be loaded${cause}`
    const next =
      process.platform === 'linux' || process.platform === 'darwin'
        ? `npm install ${name} (Linux with glibc, or macOS), or set KAFKA_BROKERS and CLICKHOUSE_URL`
        : 'set KAFKA_BROKERS, SCHEMA_REGISTRY_URL and CLICKHOUSE_URL: the embedded size runs on Linux with glibc and on macOS'
    return { area: 'machine', severity: 'error', message, next }
  }
}

async function directoryFindings(directory: string): Promise<Finding[]> {
  const there = await nearest(directory)
  if (!(await stat(there)).isDirectory()) {
    const message = `the data directory ${directory} cannot be: ${there} is a file`
    return [{ area: 'machine', severity: 'error', message, next: 'name another directory by --data' }]
  }
  try {
    await access(there, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    const message = `the data directory ${directory} cannot be written: no right to write ${there}`
    return [
      {
        area: 'machine',
        severity: 'error',
        message,
        next: 'give the user the right, or name another directory by --data',
      },
    ]
  }
  const { bavail, bsize } = await statfs(there)
  const free = bavail * bsize
  const what = there === directory ? `data directory ${directory}` : `data directory ${directory} (not made yet)`
  const message = `${what}: ${bytesText(free)} free`
  if (free >= FREE_BYTES) return [fine('machine', message)]
  const next = 'free some space, or name a directory on another disk by --data'
  return [{ area: 'machine', severity: free < FREE_BYTES / 20 ? 'error' : 'warning', message, next }]
}

/** The directory, or the nearest one above that exists. */
async function nearest(directory: string): Promise<string> {
  const isThere = await stat(directory).then(
    () => true,
    () => false,
  )
  return isThere || dirname(directory) === directory ? directory : nearest(dirname(directory))
}
