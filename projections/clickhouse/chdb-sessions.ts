import type { Session } from 'chdb'
import { ExperienceError } from '../../base/experience-error.ts'

/** Sessions of one data directory, lent to one caller at a time: a chDB session runs one query at once. */
export class ChdbSessions {
  private readonly sessions: readonly Session[]
  private readonly idle: Session[]
  private readonly waiting: ((session: Session) => void)[] = []
  private closing: Promise<void> | null = null
  private allReturned: (() => void) | null = null

  constructor(sessions: readonly Session[]) {
    this.sessions = sessions
    this.idle = [...sessions]
  }

  async use<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    if (this.closing !== null) throw new ExperienceError('StorageError', 'the read model store is closed')
    const session = this.idle.pop() ?? (await new Promise<Session>((resolve) => this.waiting.push(resolve)))
    try {
      return await work(session)
    } finally {
      this.giveBack(session)
    }
  }

  /** Lets everything that was asked for finish, then closes the sessions. */
  close(): Promise<void> {
    this.closing ??= this.closeIdle()
    return this.closing
  }

  private giveBack(session: Session): void {
    const next = this.waiting.shift()
    if (next !== undefined) {
      next(session)
      return
    }
    this.idle.push(session)
    if (this.idle.length === this.sessions.length) this.allReturned?.()
  }

  private async closeIdle(): Promise<void> {
    if (this.idle.length < this.sessions.length) {
      await new Promise<void>((resolve) => {
        this.allReturned = resolve
      })
    }
    for (const session of this.sessions) session.close()
  }
}
