import { randomBytes } from 'node:crypto'
import { ExperienceError } from '../../base/experience-error.ts'
import { quoteText } from '../../base/quote-sql.ts'
import type { ForeignQuestion } from '../read-model-store.ts'
import type { ChdbSession } from './chdb-session.ts'
import { ChdbSessions } from './chdb-sessions.ts'
import { boundedAnswer, foreignStatement } from './foreign-statement.ts'
import { nobodyWaits } from './nobody-waits.ts'

/** How much longer than its limit a statement may take before it is ended from outside, ms: the engine looks at the time now and then. */
const GRACE_MS = 1000

/** Runs statements of others on sessions of their own, so that they hold up nobody else, and ends those that nobody waits for. */
export class ChdbForeign {
  readonly #sessions: ChdbSessions
  readonly #control: ChdbSessions

  /** `control` ends statements of the others. */
  constructor(sessions: readonly ChdbSession[], control: ChdbSession) {
    this.#sessions = new ChdbSessions(sessions)
    this.#control = new ChdbSessions([control])
  }

  /** Errors: `StorageError`, `Interrupted`. */
  async run(question: ForeignQuestion, left?: AbortSignal): Promise<Buffer> {
    const mark = randomBytes(12).toString('hex')
    // Nothing that was on the session before may stand in the answer: it begins behind a mark that nobody can foresee.
    const sql = `SELECT '${mark}' FORMAT TabSeparatedRaw; ${foreignStatement(question, 'embedded', { log_comment: mark })}`
    const begun = new AbortController()
    const end = (): void => void this.#end(mark)
    let timer: NodeJS.Timeout | undefined
    try {
      const bytes = await this.#sessions.runForBytes({ sql }, left, () => {
        timer = setTimeout(end, question.limits.milliseconds + GRACE_MS)
        left?.addEventListener('abort', end, { signal: begun.signal })
      })
      if (!bytes.subarray(0, mark.length + 1).equals(Buffer.from(`${mark}\n`)))
        throw new ExperienceError('StorageError', 'the embedded engine answered more than it was asked')
      return boundedAnswer(bytes.subarray(mark.length + 1), question)
    } catch (error) {
      throw left?.aborted === true ? nobodyWaits() : error
    } finally {
      clearTimeout(timer)
      begun.abort()
    }
  }

  async close(): Promise<void> {
    await this.#sessions.close()
    await this.#control.close()
  }

  async #end(mark: string): Promise<void> {
    try {
      await this.#control.run({ sql: `KILL QUERY WHERE Settings['log_comment'] = ${quoteText(mark)} ASYNC` })
    } catch {
      // It ends by its own limit then.
    }
  }
}
