import { Agent } from 'node:https'
import { ClickHouseLogLevel, createClient, type ClickHouseClient, type ClickHouseSettings } from '@clickhouse/client'
import type { TlsOptions } from '../../base/tls.ts'
import { parseServerUrl, userIn } from './server-url.ts'

/** How a ClickHouse server is reached. */
export interface HttpAddress {
  /**
   * `http://` or `https://`, host and port; user, password and database may be part of it:
   * `https://writer:secret@clickhouse.example:8443/experience_log`.
   */
  readonly url: string
  /** Default: what the URL names, else `default`. */
  readonly username?: string
  readonly password?: string
  /** Default: the authorities that Node trusts, and no certificate of one's own. A user without a password logs in by the certificate. */
  readonly tls?: TlsOptions
  /** Longest time without a byte from the server while it owes an answer, ms. Default: 120,000. */
  readonly requestTimeoutMs?: number
  /** Requests at once. Default: 16. */
  readonly maxConnections?: number
  /**
   * Compresses what is sent and received (gzip level 1): for a server behind a slow or metered network. Costs about one core
   * at 100 MB/s. Default: false.
   */
  readonly compression?: boolean
}

/** A client, and what errors tell of where it asks. */
export interface HttpClient {
  readonly client: ClickHouseClient
  readonly origin: string
  readonly requestTimeoutMs: number
}

/** A client that sends settings with every statement. Nothing is sent before the first. Error: `InvalidSettings`. */
export function openHttpClient(address: HttpAddress, settings: ClickHouseSettings): HttpClient {
  const { tls } = address
  const url = parseServerUrl(address.url)
  const compression = address.compression === true
  const requestTimeoutMs = address.requestTimeoutMs ?? 120_000
  const maxConnections = address.maxConnections ?? 16
  const username = address.username ?? userIn(address.url)
  const password = address.password ?? decodeURIComponent(url.password)
  const isByCertificate = tls?.cert !== undefined && url.username !== '' && password === ''
  const client = createClient({
    url: url.origin,
    username,
    password,
    request_timeout: requestTimeoutMs,
    max_open_connections: maxConnections,
    compression: { request: compression ? { codec: 'gzip', level: 1 } : false, response: compression },
    clickhouse_settings: { ...settings, ...wholeAnswer },
    // The client would log statements with their values.
    log: { level: ClickHouseLogLevel.OFF },
    // The client's own option for TLS knows no passphrase, and no password beside a certificate.
    ...(url.protocol === 'https:' && tls !== undefined
      ? { http_agent: new Agent({ ...tls, keepAlive: true, maxSockets: maxConnections }) }
      : {}),
    ...(isByCertificate
      ? {
          set_basic_auth_header: false,
          http_headers: { 'X-ClickHouse-User': username, 'X-ClickHouse-SSL-Certificate-Auth': 'on' },
        }
      : {}),
  })
  return { client, origin: url.origin, requestTimeoutMs }
}

/** The server answers when it is done, so that a fault half-way is an error status and no cut-off result. */
const wholeAnswer = { wait_end_of_query: 1 } as const
