import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { Session } from 'chdb'

/**
 * Test equipment: enough of ClickHouse's HTTP interface for the HTTP adapter to meet a real engine, chDB, in this process.
 * Statement in the body or in `query`, settings and `param_…` in the URL, RowBinary bodies by way of a file, gzip both ways,
 * basic authentication, errors as the server answers them. No sessions, no progress, no streaming.
 */
export interface ClickHouseHttpFront {
  readonly port: number
  close(): Promise<void>
}

export const FRONT_USER = { username: 'writer', password: 'p@ss/word' }

export async function startClickHouseHttpFront(directory: string): Promise<ClickHouseHttpFront> {
  const server = createServer((request, response) => void answer(request, response, directory))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, directory: string): Promise<void> {
  const session = new Session(directory)
  try {
    if (!isAuthenticated(request))
      throw new Error('Code: 516. DB::Exception: Authentication failed. (AUTHENTICATION_FAILED)')
    const result = await run(session, await readRequest(request))
    const zipped = (request.headers['accept-encoding'] ?? '').includes('gzip')
    response.writeHead(200, zipped ? { 'content-encoding': 'gzip' } : {})
    response.end(zipped ? gzipSync(result) : result)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    response.writeHead(500, { 'x-clickhouse-exception-code': /Code: (\d+)/.exec(message)?.[1] ?? '1' })
    response.end(message)
  } finally {
    session.close()
  }
}

function isAuthenticated({ headers }: IncomingMessage): boolean {
  const { username, password } = FRONT_USER
  return headers.authorization === `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

interface FrontRequest {
  readonly sql: string
  /** The rows of an insert. */
  readonly rows: Buffer | null
  readonly settings: ReadonlyMap<string, string>
}

/** Parameters of the server's HTTP layer, which the engine does not know. */
const httpOnly = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'enable_http_compression',
  'wait_end_of_query',
])

async function readRequest(request: IncomingMessage): Promise<FrontRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const sent = Buffer.concat(chunks)
  const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
  const { searchParams } = new URL(request.url ?? '/', 'http://front')
  const sql = searchParams.get('query')
  return {
    sql: sql ?? body.toString(),
    rows: sql === null ? null : body,
    settings: new Map([...searchParams].filter(([name]) => !httpOnly.has(name))),
  }
}

async function run(session: Session, { sql, rows, settings }: FrontRequest): Promise<Uint8Array> {
  const set = Array.from(settings, ([name, value]) => `SET ${name} = ${quoted(value)}; `).join('')
  if (rows === null) return (await session.queryAsync(set + sql, { format: 'TabSeparated' })).bytes()
  const file = join(tmpdir(), `${randomUUID()}.rowbinary`)
  await writeFile(file, rows)
  try {
    // INSERT INTO t (…) SETTINGS … FORMAT RowBinary → INSERT INTO t (…) FROM INFILE '…' SETTINGS …
    const insert = sql.replace(/\)\s+SETTINGS /, () => `) FROM INFILE ${quoted(file)} SETTINGS `)
    return (await session.queryAsync(set + insert)).bytes()
  } finally {
    await unlink(file)
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`
}
