import { ExperienceError } from '../../base/experience-error.ts'
import type { Statement } from '../read-model-store.ts'
import { nobodyWaits } from './nobody-waits.ts'
import type { ChdbSession } from './chdb-session.ts'

/** Sessions of one data directory, which take turns. */
export class ChdbSessions {
  readonly sessions: readonly ChdbSession[]
  readonly #idle: ChdbSession[]
  readonly #waiting: ((session: ChdbSession) => void)[] = []
  #closing: Promise<void> | null = null
  #allReturned: (() => void) | null = null

  constructor(sessions: readonly ChdbSession[]) {
    this.sessions = sessions
    this.#idle = [...sessions]
  }

  /**
   * Runs a statement when a session is idle; returns its rows as JSON lines. One that has begun ends by itself only. `begins` is called
   * when its turn has come.
   */
  run(statement: Statement, left?: AbortSignal, begins?: () => void): Promise<string> {
    return this.#inTurn((session) => session.run(statement), left, begins)
  }

  /** As `run`, for a statement that says its format itself. */
  runForBytes(statement: Statement, left?: AbortSignal, begins?: () => void): Promise<Buffer> {
    return this.#inTurn((session) => session.runForBytes(statement), left, begins)
  }

  async #inTurn<Answer>(
    work: (session: ChdbSession) => Promise<Answer>,
    left?: AbortSignal,
    begins?: () => void,
  ): Promise<Answer> {
    if (this.#closing !== null) throw new ExperienceError('StorageError', 'the read model store is closed')
    const session = this.#idle.pop() ?? (await new Promise<ChdbSession>((resolve) => this.#waiting.push(resolve)))
    try {
      if (left?.aborted === true) throw nobodyWaits()
      begins?.()
      return await work(session)
    } finally {
      this.#giveBack(session)
    }
  }

  /** Lets everything that was asked for finish, then closes the sessions. */
  close(): Promise<void> {
    this.#closing ??= this.#closeIdle()
    return this.#closing
  }

  #giveBack(session: ChdbSession): void {
    const next = this.#waiting.shift()
    if (next !== undefined) {
      next(session)
      return
    }
    this.#idle.push(session)
    if (this.#idle.length === this.sessions.length) this.#allReturned?.()
  }

  async #closeIdle(): Promise<void> {
    if (this.#idle.length < this.sessions.length) {
      await new Promise<void>((resolve) => {
        this.#allReturned = resolve
      })
    }
    for (const session of this.sessions) session.close()
  }
}
