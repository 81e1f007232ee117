import { createRequire } from 'node:module'
import type { Session } from 'chdb'
import { ExperienceError } from '../../base/experience-error.ts'
import { quoteText } from '../../base/quote-sql.ts'
import { AnswerTooLarge } from '../answer-too-large.ts'
import type { Statement } from '../read-model-store.ts'
import { serverFault, storageError } from './server-fault.ts'
import { parameterText } from './statement-text.ts'

/**
 * A connection to the engine, which runs one statement at a time. Statements are numbered, so that it can be told whether the engine
 * has finished them where promises settle no more: while the process exits.
 */
export class ChdbSession {
  readonly #session: Session
  readonly #connection: unknown
  #begun = 0
  #ended = 0
  /** Whether the engine may still hold a part of an answer that failed. */
  #hasLeftovers = false

  constructor(session: Session) {
    this.#session = session
    this.#connection = session.connection
    this.runNow(setParameter(NUMBER, '0'))
  }

  /** Whether every statement has come back. */
  get isIdle(): boolean {
    return this.#ended === this.#begun
  }

  /**
   * Runs a statement; returns its rows as JSON lines. Parameters go before the statement as `SET param_…`: they are the session's
   * own, while the client's bound queries take turns across the whole process, so that one slow query holds up all. Errors: those of
   * the port.
   */
  async run(statement: Statement): Promise<string> {
    return (await this.runForBytes(statement)).toString()
  }

  /** As `run`, for a statement that says its format itself. */
  async runForBytes({ sql, params = {}, mostBytes }: Statement): Promise<Buffer> {
    const settings = Object.entries(params).map(([name, value]) => setParameter(name, parameterText(value)))
    const number = ++this.#begun
    try {
      if (this.#hasLeftovers) await this.#dropLeftovers()
      const text = setParameter(NUMBER, String(number)) + settings.join('') + sql + boundOf(mostBytes)
      const result = await this.#session.queryAsync(text, { format: 'JSONEachRow' })
      const { buffer, byteOffset, byteLength } = result.bytes()
      const rows = Buffer.from(buffer, byteOffset, byteLength)
      // The engine's own limit of results lets a sorted one pass.
      if (mostBytes !== undefined && rows.length > mostBytes) throw new AnswerTooLarge()
      return rows
    } catch (error) {
      this.#hasLeftovers = true
      await this.#dropLeftovers().catch(() => {
        // The next statement tries again before it runs, and fails where that fails.
      })
      throw chdbError(error, mostBytes !== undefined)
    } finally {
      this.#ended = number
    }
  }

  /**
   * What a statement had written of its answer when it failed, the engine puts before the next answer of the session, whoever asks: it is
   * fetched, and dropped.
   */
  async #dropLeftovers(): Promise<void> {
    await this.#session.queryAsync('SELECT 1', { format: 'JSONEachRow' })
    this.#hasLeftovers = false
  }

  /** Runs a statement that returns one value. Nothing else happens in the process until it has. */
  runNow(sql: string): string {
    return this.#session.query(sql, 'TabSeparated').trim()
  }

  /** Whether the engine has finished every statement. Waits as `runNow` does for one that it has begun, not for one still to begin. */
  hasFinished(): boolean {
    return this.isIdle || this.runNow(`SELECT {${NUMBER}:UInt64}`) === String(this.#begun)
  }

  close(): void {
    this.#session.close()
  }

  /** Closes at once, where `close` would wait for promises. Nothing may run. */
  closeNow(): void {
    nativeBinding().CloseConnection(this.#connection)
  }
}

/** The parameter that holds the number of the statement that the engine began last. */
const NUMBER = 'statement_number'

function setParameter(name: string, text: string): string {
  if (!/^\w+$/.test(name)) throw new TypeError(`not a parameter name: ${JSON.stringify(name)}`)
  return `SET param_${name} = ${quoteText(text)}; `
}

/** What a statement may take beside its answer, bytes. Pages of 5,000 small events out of a million take 32 MB in all at most. */
const WORKING_BYTES = 112 << 20

/** The engine works in this process's memory, so that it must not even sort what is too large. */
function boundOf(mostBytes: number | undefined): string {
  if (mostBytes === undefined) return ''
  return ` SETTINGS max_result_bytes = ${mostBytes}, max_memory_usage = ${mostBytes + WORKING_BYTES}`
}

function chdbError(error: unknown, isBounded: boolean): ExperienceError {
  if (error instanceof AnswerTooLarge) return error
  const fault = serverFault(error)
  if (fault !== null) return storageError(fault, isBounded)
  return new ExperienceError('StorageError', 'the embedded ClickHouse engine failed', { cause: error })
}

interface NativeBinding {
  CloseConnection(connection: unknown): void
}

/** What chDB's sessions are made of. */
function nativeBinding(): NativeBinding {
  const chdb = createRequire(import.meta.url).resolve('chdb')
  const { loadNative } = createRequire(chdb)('./dist/loader.js') as { loadNative: () => NativeBinding }
  return loadNative()
}
