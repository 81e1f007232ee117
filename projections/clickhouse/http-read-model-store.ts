import { Agent } from 'node:https'
import { Readable } from 'node:stream'
import { buffer as bufferOf } from 'node:stream/consumers'
import {
  ClickHouseLogLevel,
  createClient,
  type ClickHouseClient,
  type ClickHouseSettings,
  type ResultSet,
} from '@clickhouse/client'
import { ExperienceError } from '../../base/experience-error.ts'
import { tlsFault, type TlsOptions } from '../../base/tls.ts'
import { qualifiedName, validateDatabaseName } from '../table-name.ts'
import { AnswerTooLarge } from '../answer-too-large.ts'
import type { ForeignQuestion, InsertBlock, ReadModelStore, Statement } from '../read-model-store.ts'
import { boundedAnswer, foreignStatement } from './foreign-statement.ts'
import { nobodyWaits } from './nobody-waits.ts'
import { serverFault, storageError } from './server-fault.ts'
import { recentSettings, sentSettings, settingRefusal } from './sent-settings.ts'
import { insertStatement, parseJsonRows } from './statement-text.ts'

export interface HttpOptions {
  /**
   * `http://` or `https://`, host and port; user, password and database may be part of it:
   * `https://writer:secret@clickhouse.example:8443/experience_log`.
   */
  readonly url: string
  /** Default: what the URL names, else `default`. */
  readonly username?: string
  readonly password?: string
  /** Default: what the URL names, else `experience_log`. */
  readonly database?: string
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

/** A ClickHouse server over HTTP. Nothing is sent before the first call. Error: `InvalidSettings`. */
export function openHttpReadModelStore(options: HttpOptions): ReadModelStore {
  const url = parseUrl(options.url)
  const pathDatabase = decodeURIComponent(url.pathname.slice(1))
  const database = options.database ?? (pathDatabase === '' ? 'experience_log' : pathDatabase)
  const compression = options.compression === true
  const requestTimeoutMs = options.requestTimeoutMs ?? 120_000
  const maxConnections = options.maxConnections ?? 16
  const username = options.username ?? (url.username === '' ? 'default' : decodeURIComponent(url.username))
  const password = options.password ?? decodeURIComponent(url.password)
  const isByCertificate = options.tls?.cert !== undefined && url.username !== '' && password === ''
  const client = createClient({
    url: url.origin,
    username,
    password,
    request_timeout: requestTimeoutMs,
    max_open_connections: maxConnections,
    compression: { request: compression ? { codec: 'gzip', level: 1 } : false, response: compression },
    clickhouse_settings: { ...sentSettings, ...wholeAnswer },
    // The client would log statements with their values.
    log: { level: ClickHouseLogLevel.OFF },
    // The client's own option for TLS knows no passphrase, and no password beside a certificate.
    ...(url.protocol === 'https:' && options.tls !== undefined
      ? { http_agent: new Agent({ ...options.tls, keepAlive: true, maxSockets: maxConnections }) }
      : {}),
    ...(isByCertificate
      ? {
          set_basic_auth_header: false,
          http_headers: { 'X-ClickHouse-User': username, 'X-ClickHouse-SSL-Certificate-Auth': 'on' },
        }
      : {}),
  })
  return new HttpReadModelStore(validateDatabaseName(database), client, url.origin, requestTimeoutMs)
}

class HttpReadModelStore implements ReadModelStore {
  readonly database: string
  readonly #client: ClickHouseClient
  readonly #origin: string
  readonly #requestTimeoutMs: number
  #known: Promise<ClickHouseSettings> | null = null

  constructor(database: string, client: ClickHouseClient, origin: string, requestTimeoutMs: number) {
    this.database = database
    this.#client = client
    this.#origin = origin
    this.#requestTimeoutMs = requestTimeoutMs
  }

  table(name: string): string {
    return qualifiedName(this.database, name)
  }

  async command({ sql, params = {} }: Statement): Promise<void> {
    await this.#answer((known) =>
      this.#client.command({ query: sql, query_params: params, clickhouse_settings: known }),
    )
  }

  async query<Row>(statement: Statement, left?: AbortSignal): Promise<Row[]> {
    try {
      const isBounded = statement.mostBytes !== undefined
      return await this.#answer((known) => this.#rows<Row>(statement, known, left), isBounded)
    } catch (error) {
      throw left?.aborted === true ? nobodyWaits() : error
    }
  }

  async answerForeign(question: ForeignQuestion, left?: AbortSignal): Promise<Buffer> {
    const query = foreignStatement(question)
    try {
      return await this.#answer(async (known) => {
        // The client hears of what aborts from now on only.
        if (left?.aborted === true) throw nobodyWaits()
        const { stream } = await this.#client.exec({
          query,
          clickhouse_settings: { ...known, ...endsWhenLeft },
          ...(left === undefined ? {} : { abort_signal: left }),
        })
        return boundedAnswer(await bufferOf(stream), question)
      })
    } catch (error) {
      throw left?.aborted === true ? nobodyWaits() : error
    }
  }

  async insert(block: InsertBlock): Promise<void> {
    if (block.rows === 0) return
    const query = insertStatement(this, block)
    await this.#answer(async (known) => {
      // The client's `insert` takes text formats only; `exec` sends the bytes as they are.
      const values = Readable.from(
        block.native.filter(({ length }) => length > 0),
        { objectMode: false },
      )
      const { stream } = await this.#client.exec({ query, values, clickhouse_settings: known })
      for await (const _ of stream) continue
    })
  }

  close(): Promise<void> {
    return this.#client.close()
  }

  async #answer<Result>(request: (known: ClickHouseSettings) => Promise<Result>, isBounded = false): Promise<Result> {
    try {
      return await request(await this.#knownSettings())
    } catch (error) {
      throw httpError(error, this.#origin, this.#requestTimeoutMs, isBounded)
    }
  }

  /** The recent settings that the server knows. Asked for before the first statement, which also tells what it refuses to set. */
  #knownSettings(): Promise<ClickHouseSettings> {
    this.#known ??= this.#askSettings().catch((error: unknown) => {
      this.#known = null
      throw error
    })
    return this.#known
  }

  async #askSettings(): Promise<ClickHouseSettings> {
    // In an order: without one, a setting that is among those asked for changes this statement too.
    const sql = 'SELECT name FROM system.settings WHERE name IN {names:Array(String)} ORDER BY name'
    const rows = await this.#rows<{ name: string }>(
      { sql, params: { names: Object.keys(recentSettings) } },
      {},
      undefined,
    )
    return Object.fromEntries(rows.map(({ name }) => [name, recentSettings[name]]))
  }

  async #rows<Row>(
    { sql, params = {}, mostBytes }: Statement,
    known: ClickHouseSettings,
    left: AbortSignal | undefined,
  ): Promise<Row[]> {
    // The client hears of what aborts from now on only.
    if (left?.aborted === true) throw nobodyWaits()
    const result = await this.#client.query({
      query: sql,
      query_params: params,
      format: 'JSONEachRow',
      clickhouse_settings: left === undefined ? known : { ...known, ...endsWhenLeft },
      ...(left === undefined ? {} : { abort_signal: left }),
    })
    return parseJsonRows<Row>(mostBytes === undefined ? await result.text() : await textWithin(result, mostBytes))
  }
}

/** The server answers when it is done, so that a fault half-way is an error status and no cut-off result. */
const wholeAnswer = { wait_end_of_query: 1 } as const

/** A statement ends when the connection that it came by is closed. */
const endsWhenLeft = { cancel_http_readonly_queries_on_client_close: 1 } as const

/** The text of an answer, which is read no further than it may be long. Error: `AnswerTooLarge`. */
async function textWithin(result: ResultSet<'JSONEachRow'>, mostBytes: number): Promise<string> {
  const lines: string[] = []
  let bytes = 0
  for await (const rows of result.stream()) {
    for (const { text } of rows) {
      lines.push(text)
      bytes += Buffer.byteLength(text)
    }
    if (bytes > mostBytes) throw new AnswerTooLarge()
  }
  return lines.join('\n')
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new ExperienceError('InvalidSettings', 'url: must begin with http:// or https://', { field: 'url' })
  }
  return url
}

function httpError(error: unknown, origin: string, requestTimeoutMs: number, isBounded: boolean): ExperienceError {
  if (error instanceof ExperienceError) return error
  const fault = serverFault(error)
  if (fault !== null) return settingRefusal(fault) ?? storageError(fault, isBounded)
  return new ExperienceError('Unavailable', `ClickHouse at ${origin} ${networkFault(error, requestTimeoutMs)}`)
}

/** What the network did, in words: the error itself may hold headers or a body. */
function networkFault(error: unknown, requestTimeoutMs: number): string {
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (message === 'Timeout error.')
    return `did not answer within ${requestTimeoutMs} ms. If it needs longer, raise CLICKHOUSE_TIMEOUT_MS`
  const fault = tlsFault(error, { prefix: 'CLICKHOUSE', address: 'CLICKHOUSE_URL' })
  if (fault !== null) return fault
  if (typeof code === 'string') return `cannot be reached (${code})`
  return 'did not answer as ClickHouse does'
}
