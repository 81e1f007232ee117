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
  async run(statement: Statement, left?: AbortSignal, begins?: () => void): Promise<string> {
    if (this.#closing !== null) throw new ExperienceError('StorageError', 'the read model store is closed')
    const session = this.#idle.pop() ?? (await new Promise<ChdbSession>((resolve) => this.#waiting.push(resolve)))
    try {
      if (left?.aborted === true) throw nobodyWaits()
      begins?.()
      return await session.run(statement)
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
