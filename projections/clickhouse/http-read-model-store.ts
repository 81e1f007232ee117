import { Readable } from 'node:stream'
import type { ClickHouseClient, ClickHouseSettings, ResultSet } from '@clickhouse/client'
import { AnswerTooLarge } from '../answer-too-large.ts'
import type { ForeignQuestion, InsertBlock, ReadModelStore, Statement } from '../read-model-store.ts'
import type { SqlDoor } from '../sql-door/sql-door.ts'
import { qualifiedName, validateDatabaseName } from '../table-name.ts'
import { foreignStatement } from './foreign-statement.ts'
import { openHttpClient, type HttpAddress, type HttpClient } from './http-client.ts'
import { httpFault } from './http-fault.ts'
import { askForeign } from './http-foreign.ts'
import { nobodyWaits } from './nobody-waits.ts'
import { databaseIn } from './server-url.ts'
import { recentSettings, sentSettings } from './sent-settings.ts'
import { insertStatement, parseJsonRows } from './statement-text.ts'
import { walledStore } from './walled-store.ts'

export interface HttpOptions extends HttpAddress {
  /** Default: what the URL names, else `experience_log`. */
  readonly database?: string
  /** The user whom foreign questions are asked as. Default: they are asked as the store's own. */
  readonly sqlDoor?: SqlDoor
}

/** A ClickHouse server over HTTP. Nothing is sent before the first call. Error: `InvalidSettings`. */
export function openHttpReadModelStore({ database, sqlDoor, ...address }: HttpOptions): ReadModelStore {
  const name = validateDatabaseName(database ?? databaseIn(address.url) ?? 'experience_log')
  const store = new HttpReadModelStore(name, openHttpClient(address, sentSettings))
  return sqlDoor === undefined ? store : walledStore(store, address, sqlDoor)
}

class HttpReadModelStore implements ReadModelStore {
  readonly database: string
  readonly #http: HttpClient
  readonly #client: ClickHouseClient
  #known: Promise<ClickHouseSettings> | null = null

  constructor(database: string, http: HttpClient) {
    this.database = database
    this.#http = http
    this.#client = http.client
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
    const query = foreignStatement(question, 'server')
    try {
      return await this.#answer((known) =>
        askForeign(this.#client, query, question, { ...known, ...endsWhenLeft }, left),
      )
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
      throw httpFault(error, this.#http, isBounded)
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
