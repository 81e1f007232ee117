import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { decodeBody } from './body-encoding.ts'
import { ServerError } from './server-error.ts'

/** A request with its body read to the end, and its parameters sorted by what they are for. */
export interface ServerRequest {
  readonly method: string
  /** The statement, and behind it, of an insert, the rows. */
  readonly statement: Buffer
  readonly user: string
  readonly password: string
  readonly queryId: string
  readonly database: string | null
  readonly defaultFormat: string
  readonly session: SessionWish | null
  /** Values of `{name:Type}`, as the engine reads them. */
  readonly parameters: ReadonlyMap<string, string>
  readonly settings: ReadonlyMap<string, string>
  /** `Accept-Encoding`; empty where `enable_http_compression`, which is on by default since ClickHouse 26, is off. */
  readonly acceptEncoding: string
}

export interface SessionWish {
  readonly id: string
  readonly timeoutMs: number
  /** Whether it must exist already. */
  readonly mustExist: boolean
}

/** Parameters of the HTTP interface itself. All that are not named here, or `param_…`, are settings. */
const OWN = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'session_id',
  'session_timeout',
  'session_check',
  'close_session',
  'user',
  'password',
  'quota_key',
  'buffer_size',
  'wait_end_of_query',
  'stacktrace',
  'client_protocol_version',
])
const NOT_COVERED = ['compress', 'decompress', 'role']

/** Errors: ServerError; and the connection's own, when it ends before the body does: nothing has happened then. */
export async function readRequest(request: IncomingMessage): Promise<ServerRequest> {
  const body = await readBody(request)
  const form = await readForm(request, body)
  const url = new URL(request.url ?? '/', 'http://server')
  const parameters = new Map([...url.searchParams, ...form])
  for (const name of NOT_COVERED) {
    if ((parameters.get(name) ?? '0') !== '0') {
      throw new ServerError(48, 'NOT_IMPLEMENTED', `This server for tests does not know the parameter ${name}`)
    }
    parameters.delete(name)
  }
  const query = parameters.get('query') ?? ''
  const rest = form.length > 0 ? Buffer.alloc(0) : body
  const settings = [...parameters].filter(([name]) => !OWN.has(name) && !name.startsWith('param_'))
  const bound = [...parameters].filter(([name]) => name.startsWith('param_'))
  return {
    method: request.method ?? 'GET',
    statement: query === '' ? rest : Buffer.concat([Buffer.from(`${query}\n`), rest]),
    ...credentials(request, parameters),
    queryId: parameters.get('query_id') || randomUUID(),
    database: parameters.get('database') || header(request, 'x-clickhouse-database') || null,
    defaultFormat: parameters.get('default_format') || header(request, 'x-clickhouse-format') || 'TabSeparated',
    session: sessionWish(parameters),
    parameters: new Map(bound.map(([name, value]) => [name.slice('param_'.length), value])),
    settings: new Map(settings),
    acceptEncoding: isOn(parameters.get('enable_http_compression') ?? '1') ? header(request, 'accept-encoding') : '',
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  // Throws when the connection ends before the body does, whatever told its length.
  for await (const chunk of request) chunks.push(chunk as Buffer)
  if (!request.complete) throw new ServerError(33, 'CANNOT_READ_ALL_DATA', 'The body ended too early')
  return decodeBody(Buffer.concat(chunks), header(request, 'content-encoding') || 'identity')
}

/** Fields of a `multipart/form-data` body: clients send a long statement and its parameters so. */
async function readForm(request: IncomingMessage, body: Buffer): Promise<[name: string, value: string][]> {
  const type = header(request, 'content-type')
  if (!type.startsWith('multipart/form-data')) return []
  const form = await new Response(body, { headers: { 'content-type': type } }).formData()
  return Array.from(form, ([name, value]) => {
    if (typeof value === 'string') return [name, value]
    throw new ServerError(48, 'NOT_IMPLEMENTED', `This server for tests does not know external tables (${name})`)
  })
}

function credentials(
  request: IncomingMessage,
  parameters: ReadonlyMap<string, string>,
): { user: string; password: string } {
  const basic = /^Basic (.*)$/i.exec(header(request, 'authorization'))?.[1]
  if (basic !== undefined) {
    const [user = '', ...password] = Buffer.from(basic, 'base64').toString().split(':')
    return { user, password: password.join(':') }
  }
  return {
    user: header(request, 'x-clickhouse-user') || parameters.get('user') || 'default',
    password: header(request, 'x-clickhouse-key') || parameters.get('password') || '',
  }
}

const DEFAULT_TIMEOUT_S = '60'
const MAX_TIMEOUT_S = 3600

function sessionWish(parameters: ReadonlyMap<string, string>): SessionWish | null {
  const id = parameters.get('session_id') ?? ''
  if (id === '') return null
  const timeout = parameters.get('session_timeout') ?? DEFAULT_TIMEOUT_S
  if (!/^\d+$/.test(timeout) || Number(timeout) > MAX_TIMEOUT_S) {
    throw new ServerError(374, 'INVALID_SESSION_TIMEOUT', `Invalid session timeout: '${timeout}'`)
  }
  return { id, timeoutMs: Number(timeout) * 1000, mustExist: isOn(parameters.get('session_check')) }
}

function isOn(value: string | undefined): boolean {
  return value === '1' || value?.toLowerCase() === 'true'
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : (value ?? '')
}
