import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { hostname } from 'node:os'
import { chooseEncoding, encodeBody } from '../../service/clickhouse-door/protocol/answer-encoding.ts'
import { contentType } from '../../service/clickhouse-door/protocol/content-type.ts'
import { statusOfFault } from '../../service/clickhouse-door/protocol/fault-text.ts'
import type { Engine } from './engine.ts'
import type { NamedSessions } from './named-sessions.ts'
import { readRequest, type ServerRequest } from './read-request.ts'
import { runStatement, type Answer } from './run-statement.ts'
import { ServerError, serverError } from './server-error.ts'

export interface ServerIdentity {
  readonly user: string
  readonly password: string
  readonly version: string
  readonly timezone: string
}

const KEEP_ALIVE_MS = 30_000

/** ClickHouse's HTTP interface in front of the engine; not listening yet. */
export function createHttpServer(engine: Engine, sessions: NamedSessions, identity: ServerIdentity): Server {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (request, response) => {
    void answer(request, response).catch(() => response.destroy())
  })
  return server

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://server').pathname
    if (path === '/ping' || path === '/replicas_status') return void response.end('Ok.\n')
    if (path !== '/') return void response.writeHead(404).end(`There is no handle ${path}\n`)
    if (request.method === 'GET' && !(request.url ?? '').includes('?')) return void response.end('Ok.\n')
    try {
      const received = await readRequest(request)
      response.setHeader('x-clickhouse-query-id', received.queryId)
      authenticate(received, identity)
      const clientGone = new AbortController()
      response.once('close', () => clientGone.abort())
      await send(response, received, await runStatement(engine, sessions, received, clientGone.signal), identity)
    } catch (error) {
      if (!response.destroyed) fail(response, serverError(error), identity)
    }
  }
}

function authenticate(request: ServerRequest, { user, password }: ServerIdentity): void {
  if (request.user === user && request.password === password) return
  const words = 'Authentication failed: password is incorrect, or there is no user with such name'
  throw new ServerError(516, 'AUTHENTICATION_FAILED', `${request.user}: ${words}`)
}

async function send(
  response: ServerResponse,
  { acceptEncoding }: ServerRequest,
  { result, format }: Answer,
  { timezone }: ServerIdentity,
): Promise<void> {
  const encoding = chooseEncoding(acceptEncoding)
  const body = await encodeBody(result.bytes(), encoding)
  response.writeHead(200, {
    'content-type': contentType(format),
    'content-length': body.length,
    ...(encoding === null ? {} : { 'content-encoding': encoding }),
    'x-clickhouse-format': format,
    'x-clickhouse-timezone': timezone,
    'x-clickhouse-server-display-name': hostname(),
    'x-clickhouse-summary': JSON.stringify(summary(result)),
  })
  response.end(body)
}

/** The engine tells what it read, not what it wrote. */
function summary({ rowsRead, bytesRead, elapsed }: Answer['result']): Record<string, string> {
  return {
    read_rows: String(rowsRead),
    read_bytes: String(bytesRead),
    written_rows: '0',
    written_bytes: '0',
    total_rows_to_read: '0',
    result_rows: '0',
    result_bytes: '0',
    elapsed_ns: String(Math.round(elapsed * 1e9)),
  }
}

function fail(response: ServerResponse, error: ServerError, { version }: ServerIdentity): void {
  response.writeHead(statusOfFault(error.code), {
    'content-type': 'text/plain; charset=UTF-8',
    'x-clickhouse-exception-code': String(error.code),
  })
  response.end(error.describe(version))
}
