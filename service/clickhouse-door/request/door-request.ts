import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { GivenSetting } from '../../../queries/sql/read/parse-tail.ts'
import { readBody } from '../../http/body/read-body.ts'
import { contentTypeOf } from '../../http/register-route.ts'
import { callersFault } from '../door-error.ts'
import { decompressBlocks } from '../protocol/native-compression.ts'
import { formFields } from './form-fields.ts'

/** What a request asks, with what came beside it. */
export interface DoorRequest {
  readonly statement: string
  readonly database: string | null
  /** The format where the statement says none. */
  readonly defaultFormat: string
  /** Values of `{name:Type}`, as they were sent. */
  readonly parameters: ReadonlyMap<string, string>
  readonly settings: readonly GivenSetting[]
  /** `compress=1`: the answer in blocks that are compressed. */
  readonly isCompressed: boolean
  /** `Accept-Encoding`; empty where `enable_http_compression` is off, which is on as of ClickHouse 26. */
  readonly acceptEncoding: string
  /** The revision of the native format that the client reads; 0 for none. */
  readonly protocolVersion: number
  readonly consistency: string | null
  readonly tenant: string | null
}

/** What may stand in the URL that is no setting. The name of a session is taken, and means nothing: no two requests share anything. */
const OWN: ReadonlySet<string> = new Set(
  (
    'query query_id database default_format session_id session_timeout session_check close_session user password quota_key ' +
    'compress decompress enable_http_compression client_protocol_version consistency tenant_id'
  ).split(' '),
)
const PARAMETER = /^param_(\w{1,100})$/
const QUERY_ID = /^[\w.:-]{1,128}$/

/** Parameters of the URL; of those that come twice, the last. */
export function urlParameters(request: FastifyRequest): ReadonlyMap<string, string> {
  const url = request.raw.url ?? '/'
  return new Map(new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : ''))
}

/** What the request is called in headers: what the client says, or a name of ours. */
export function queryIdOf(url: ReadonlyMap<string, string>): string {
  const given = url.get('query_id') ?? ''
  return QUERY_ID.test(given) ? given : randomUUID()
}

/** Reads the body. Errors: 400, 413, 415. */
export async function readDoorRequest(
  request: FastifyRequest,
  url: ReadonlyMap<string, string>,
  maxBytes: number,
): Promise<DoorRequest> {
  const body = request.method === 'POST' ? await readBody(request, 2 * maxBytes) : Buffer.alloc(0)
  const form = contentTypeOf(request) === 'multipart/form-data' ? await formFields(request, body) : null
  const given = form === null ? url : new Map([...url, ...form])
  const sent = form !== null ? '' : utf8(isOn(given.get('decompress')) ? decompressed(body, maxBytes) : body)
  const statement = [given.get('query') ?? '', sent].filter((part) => part !== '').join('\n')
  if (Buffer.byteLength(statement) > maxBytes)
    throw callersFault(307, 'TOO_MANY_BYTES', `a statement may take ${maxBytes} bytes at most`)
  const others = [...given].filter(([name]) => !OWN.has(name))
  const acceptEncoding = request.headers['accept-encoding'] ?? ''
  return {
    statement,
    database: given.get('database') || header(request, 'x-clickhouse-database') || null,
    defaultFormat: given.get('default_format') || header(request, 'x-clickhouse-format') || 'TabSeparated',
    parameters: new Map(
      others.flatMap(([name, value]): [string, string][] => {
        const parameter = PARAMETER.exec(name)?.[1]
        return parameter === undefined ? [] : [[parameter, value]]
      }),
    ),
    settings: others.filter(([name]) => !PARAMETER.test(name)).map(([name, value]) => ({ name, value, at: 0 })),
    isCompressed: isOn(given.get('compress')),
    acceptEncoding: isOn(given.get('enable_http_compression') ?? '1') ? acceptEncoding : '',
    protocolVersion: Number(/^\d{1,6}$/.exec(given.get('client_protocol_version') ?? '')?.[0] ?? 0),
    consistency: given.get('consistency') ?? null,
    tenant: given.get('tenant_id') || null,
  }
}

function decompressed(body: Buffer, maxBytes: number): Buffer {
  try {
    return decompressBlocks(body, maxBytes)
  } catch {
    throw callersFault(
      40,
      'CHECKSUM_DOESNT_MATCH',
      'body: is not in compressed blocks of ClickHouse, or holds too much',
    )
  }
}

function utf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw callersFault(36, 'BAD_ARGUMENTS', 'body: is not UTF-8')
  }
}

function isOn(value: string | undefined): boolean {
  return value === '1' || value?.toLowerCase() === 'true'
}

function header(request: FastifyRequest, name: string): string {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : (value ?? '')
}
