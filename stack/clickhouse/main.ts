import { once } from 'node:events'
import type { Server } from 'node:http'
import { parseArgs } from 'node:util'
import { Engine } from './engine.ts'
import { createHttpServer } from './http-server.ts'
import { THREADS_NEEDED } from './limits.ts'
import { NamedSessions } from './named-sessions.ts'

const USAGE = `usage: UV_THREADPOOL_SIZE=${THREADS_NEEDED} node --import tsx stack/clickhouse/main.ts --port PORT --directory DIRECTORY [--user USER] [--password PASSWORD] [--configuration FILE]`

const IDLE_POLL_MS = 20
/** As long as ClickHouse's server waits for what runs when it is asked to end (`shutdown_wait_unfinished`). */
const UNFINISHED_LIMIT_MS = 5_000

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    directory: { type: 'string' },
    user: { type: 'string', default: 'default' },
    password: { type: 'string', default: '' },
    configuration: { type: 'string' },
  },
})

async function main(directory: string, port: number): Promise<void> {
  const terminated = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
  const engine = await Engine.open(directory, values.configuration)
  const sessions = new NamedSessions(engine)
  const server = createHttpServer(engine, sessions, {
    user: values.user,
    password: values.password,
    version: await engine.value('SELECT version()'),
    timezone: await engine.value('SELECT timezone()'),
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  console.error(
    `chDB behind ClickHouse's HTTP interface on 127.0.0.1:${port}: for tests and single machines, not a ClickHouse server`,
  )
  await terminated
  await close(server, engine)
  sessions.close()
  await engine.close()
}

/** Lets what runs come to its end, within limits, while nothing new is let in. */
async function close(server: Server, engine: Engine): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  // Connections stay open for a next request when they have got their answer.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_POLL_MS)
  const impatience = setTimeout(() => void engine.killAll(), UNFINISHED_LIMIT_MS)
  await closed
  clearInterval(idle)
  clearTimeout(impatience)
}

const port = Number(values.port)
if (values.directory === undefined || !Number.isInteger(port)) {
  console.error(USAGE)
  process.exitCode = 2
} else if (Number(process.env['UV_THREADPOOL_SIZE'] ?? 4) < THREADS_NEEDED) {
  // Not to be set from within: libuv's threads have started by now.
  console.error(`UV_THREADPOOL_SIZE must be ${THREADS_NEEDED} at least, lest slow queries block all\n${USAGE}`)
  process.exitCode = 2
} else {
  await main(values.directory, port).catch((error: unknown) => {
    // Why a directory cannot be opened, such as that another process has it, the engine itself says.
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  })
}
