import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { writeGrants } from './clickhouse/grants.ts'
import { THREADS_NEEDED } from './clickhouse/limits.ts'
import { findFreePort } from './free-port.ts'
import { ServerProcess } from './server-process.ts'
import type { Watchdog } from './watchdog.ts'

const MAIN = fileURLToPath(new URL('clickhouse/main.ts', import.meta.url))
const PROBE_LIMIT_MS = 5_000

/** Who may use it, besides the default: the user `default` without a password. */
export interface ClickHouseUser {
  readonly user: string
  readonly password: string
  /** What it may do, as GRANT statements without `TO …`. Default: everything. `writeGrants` changes it for the next start. */
  readonly grants?: readonly string[]
}

/** Lays out chDB behind ClickHouse's HTTP interface, with its data under `directory`; not started. */
export async function defineClickHouse(
  directory: string,
  watchdog: Watchdog,
  { user, password, grants }: ClickHouseUser = { user: 'default', password: '' },
): Promise<ServerProcess> {
  await mkdir(directory, { recursive: true })
  const port = await findFreePort()
  const address = `127.0.0.1:${port}`
  return new ServerProcess(
    {
      name: 'ClickHouse (chDB)',
      address,
      logFile: join(directory, 'server.log'),
      executable: process.execPath,
      args: [
        '--import',
        // By its place, not its name: the working directory is elsewhere.
        import.meta.resolve('tsx'),
        MAIN,
        `--port=${port}`,
        `--directory=${join(directory, 'data')}`,
        `--user=${user}`,
        `--password=${password}`,
        ...(grants === undefined ? [] : [`--configuration=${await writeGrants(directory, grants)}`]),
      ],
      workingDirectory: directory,
      environment: { UV_THREADPOOL_SIZE: String(THREADS_NEEDED) },
      isReady: async () => {
        const response = await fetch(`http://${address}/ping`, { signal: AbortSignal.timeout(PROBE_LIMIT_MS) })
        return (await response.text()) === 'Ok.\n'
      },
    },
    watchdog,
  )
}
