import { randomBytes } from 'node:crypto'
import { defineClickHouse, type ClickHouseUser } from '../../../stack/clickhouse-server.ts'
import type { StackServer } from '../../../stack/server-process.ts'
import { Watchdog } from '../../../stack/watchdog.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'

export interface ClickHouseFixture {
  readonly url: string
  /** The URL with the user in it, where there is one. */
  readonly urlOfUser: string
  readonly server: StackServer
  readonly directory: string
  stop(): Promise<void>
}

/** The stack's ClickHouse alone, as a process of its own. */
export async function startClickHouse(user?: ClickHouseUser): Promise<ClickHouseFixture> {
  const directory = await temporaryDirectory()
  const watchdog = new Watchdog(directory.path)
  const server = await defineClickHouse(directory.path, watchdog, user)
  const stop = async (): Promise<void> => {
    await server.retire()
    await watchdog.finish()
    await directory.remove()
  }
  try {
    await server.start()
  } catch (error) {
    await stop()
    throw error
  }
  const login = user === undefined ? '' : `${encodeURIComponent(user.user)}:${encodeURIComponent(user.password)}@`
  return {
    url: `http://${server.address}`,
    urlOfUser: `http://${login}${server.address}`,
    server,
    directory: directory.path,
    stop,
  }
}

/** Sends a statement as its body, and answers with what came back; an error status is no failure here. */
export async function post(url: string, body: string | Uint8Array, parameters: Record<string, string> = {}) {
  const response = await fetch(`${url}/?${new URLSearchParams(parameters).toString()}`, { method: 'POST', body })
  const bytes = Buffer.from(await response.arrayBuffer())
  return { status: response.status, headers: response.headers, bytes, text: bytes.toString() }
}

/** The answer to a statement that must succeed. */
export async function ask(url: string, sql: string, parameters: Record<string, string> = {}): Promise<string> {
  const { status, text } = await post(url, sql, parameters)
  if (status !== 200) throw new Error(text)
  return text.trimEnd()
}

export function randomName(): string {
  return `t_${randomBytes(6).toString('hex')}`
}
