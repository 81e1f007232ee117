import { ExperienceError } from '../../base/experience-error.ts'
import type { WallReport } from './wall-report.ts'

/** How long it is relied on what was found, ms: who mends the wall waits no longer, nor is anybody let through one that broke for longer. */
const RELIED_ON_MS = 60_000

/** What a server holds the door's user to, looked at now and then. */
export class ServerWall {
  readonly #look: () => Promise<WallReport>
  readonly #now: () => number
  #found: { readonly report: Promise<WallReport>; readonly at: number } | null = null

  constructor(look: () => Promise<WallReport>, now: () => number = () => performance.now()) {
    this.#look = look
    this.#now = now
  }

  /** What is wrong with it, found within the last minute. Errors: those of the statements that look at it. */
  report(): Promise<WallReport> {
    const now = this.#now()
    if (this.#found === null || now - this.#found.at >= RELIED_ON_MS) {
      const found = { report: this.#look(), at: now }
      // What could not be looked at is looked at again by the next who asks.
      found.report.catch(() => {
        if (this.#found === found) this.#found = null
      })
      this.#found = found
    }
    return this.#found.report
  }

  /** Lets a statement through. Errors: `Unavailable`, which tells callers nothing of the server, and those of `report`. */
  async check(): Promise<void> {
    const { unsafe } = await this.report()
    if (unsafe.length === 0) return
    const message =
      'no SQL is answered, since the server does not keep tenants apart as it should: "experience-log doctor" says why'
    throw new ExperienceError('Unavailable', message, { retryable: false })
  }
}
