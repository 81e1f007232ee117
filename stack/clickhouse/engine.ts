import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { drainPending, Session, type ChdbResult } from 'chdb'
import { quoteText } from '../../base/quote-sql.ts'
import { MAX_RUNNING } from './limits.ts'

const KILL_INTERVAL_MS = 100

/** What `clickhouse local`, which chDB is at heart, sets otherwise than a server does. */
const SERVER_SETTINGS = 'SET implicit_select = 0, allow_introspection_functions = 0'

/** chDB on one directory: the one this process may have. */
export class Engine {
  /** Rows of inserts wait here for the engine to read them. */
  readonly insertFiles: string
  readonly #directory: string
  /** Open as long as the engine: the last session to close closes the database. */
  readonly #control: Session
  readonly #waiting: (() => void)[] = []
  #running = 0

  private constructor(directory: string, configuration: string | undefined) {
    this.#directory = directory
    this.insertFiles = join(directory, 'insert-files')
    // The other sessions share what the first one of the directory starts.
    this.#control = new Session(
      directory,
      configuration === undefined ? {} : { connectionArgs: [`--config-file=${configuration}`] },
    )
  }

  /** Rejects where the directory is in use: chDB says so on standard error. */
  static async open(directory: string, configuration?: string): Promise<Engine> {
    await mkdir(directory, { recursive: true })
    const engine = new Engine(directory, configuration)
    // What a killed process left behind.
    await rm(engine.insertFiles, { recursive: true, force: true })
    await mkdir(engine.insertFiles)
    return engine
  }

  /** The value of a query of one row and one column. */
  async value(sql: string): Promise<string> {
    return (await this.#control.queryAsync(sql, { format: 'TabSeparatedRaw' })).text().trimEnd()
  }

  /** A session to be closed by its user: about a tenth of a millisecond. What it sets and makes ends with it. */
  async openSession(): Promise<Session> {
    const session = new Session(this.#directory)
    await session.queryAsync(SERVER_SETTINGS)
    return session
  }

  /** Does the work when its turn has come, unless the signal came first. */
  async inTurn<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= MAX_RUNNING) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running++
    try {
      signal.throwIfAborted()
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }

  /**
   * Runs a statement, and stops it when the signal comes. A comment marks it for that: a query id can't be given to the engine.
   */
  async run(session: Session, sql: string, format: string, signal: AbortSignal): Promise<ChdbResult> {
    const mark = `/* request ${randomBytes(9).toString('base64url')} */`
    const finished = new AbortController()
    const onAbort = (): void => void this.#kill(mark, finished.signal)
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    try {
      return await session.queryAsync(`${sql}\n${mark}`, { format })
    } finally {
      finished.abort()
      signal.removeEventListener('abort', onAbort)
      // A session lists its stopped statement in system.processes until it gets the next one.
      if (signal.aborted) await session.queryAsync('SELECT 1').catch(() => undefined)
    }
  }

  /** Again and again, since the statement may not have begun yet. */
  async #kill(mark: string, finished: AbortSignal): Promise<void> {
    while (!finished.aborted) {
      await this.#control
        .queryAsync(`KILL QUERY WHERE endsWith(query, ${quoteText(mark)}) ASYNC`)
        .catch(() => undefined)
      await sleep(KILL_INTERVAL_MS)
    }
  }

  /** Stops whatever runs. */
  async killAll(): Promise<void> {
    await this.#control.queryAsync('KILL QUERY WHERE 1 ASYNC')
  }

  /** To be called when nothing runs any more. */
  async close(): Promise<void> {
    this.#control.close()
    await drainPending()
  }
}
