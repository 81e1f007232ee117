import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import { HttpError, httpErrorOf } from '../http-error.ts'

export type ActName = 'rebuild' | 'rollback' | 'verify'

/** What an operator asked for that takes long. */
export interface BackgroundAct {
  readonly id: string
  readonly act: ActName
  /** The tenant that it is about; null for all. */
  readonly tenant_id: string | null
  readonly state: 'running' | 'done' | 'failed'
  /** ISO 8601, UTC. */
  readonly began_at: string
  readonly ended_at: string | null
  /** How far it is; what it came to, once it is done. */
  readonly progress: object | null
  readonly result: object | null
  readonly error: { readonly code: string; readonly message: string } | null
}

/** Does an act in the name of `by`, tells how far it is, and ends early once it is asked to. */
export type Work = (conduct: {
  readonly by: string
  readonly stopped: AbortSignal
  readonly report: (progress: object) => void
}) => Promise<object>

/** An act that was asked for. */
export interface ActAsked {
  readonly act: ActName
  /** Default: it is about all. */
  readonly tenant?: string | null
  /** Told of what fails: whoever asked is told little of what nobody foresaw. */
  readonly log: Pick<FastifyBaseLogger, 'error'>
}

/** Acts that are remembered once they have ended. */
const MOST_KNOWN = 50

/** Does long acts one after the other at the asker's wish: never two at once, since each has the machine to itself. */
export class BackgroundActs {
  readonly #acts: BackgroundAct[] = []
  readonly #stopping: AbortSignal
  #conducting: Promise<void> = Promise.resolve()
  /** What is under way, or about to be. */
  #current: string | null = null

  /** `stopping` asks the act under way to end early. */
  constructor(stopping: AbortSignal) {
    this.#stopping = stopping
  }

  /** Those that are remembered, the latest first. */
  get all(): readonly BackgroundAct[] {
    return this.#acts
  }

  /** Error: 503, while an act is under way. */
  checkIdle(): void {
    if (this.#current === null) return
    const message = `${this.#current} is under way here: wait until it has ended`
    throw new HttpError(503, 'Unavailable', message, { retryAfterS: 5 })
  }

  /** Begins an act, once it is noted who asked for it; `by` is that. Errors: 503, while another is under way; those of noting. */
  async begin({ act, tenant = null, log }: ActAsked, note: () => Promise<string>, work: Work): Promise<BackgroundAct> {
    this.checkIdle()
    // Before anything is waited for, so that of two at once one is refused, and not noted.
    this.#current = act
    let by: string
    try {
      by = await note()
    } catch (error) {
      this.#current = null
      throw error
    }
    const begun: BackgroundAct = {
      id: randomUUID(),
      act,
      tenant_id: tenant,
      state: 'running',
      began_at: new Date().toISOString(),
      ended_at: null,
      progress: null,
      result: null,
      error: null,
    }
    this.#acts.unshift(begun)
    this.#acts.splice(MOST_KNOWN)
    this.#conducting = this.#conduct(begun, by, work, log)
    return begun
  }

  /** Resolves when the act that was asked to end early has ended: until then it needs what it works on. */
  async close(): Promise<void> {
    await this.#conducting
  }

  async #conduct({ id, act }: BackgroundAct, by: string, work: Work, log: ActAsked['log']): Promise<void> {
    const report = (progress: object): void => this.#change(id, { progress })
    try {
      const result = await work({ by, stopped: this.#stopping, report })
      this.#change(id, { state: 'done', result, ended_at: new Date().toISOString() })
    } catch (thrown) {
      const { status, code, message } = httpErrorOf(thrown)
      if (status === 500) log.error({ err: thrown, act, id }, 'an act failed')
      this.#change(id, { state: 'failed', error: { code, message }, ended_at: new Date().toISOString() })
    } finally {
      this.#current = null
    }
  }

  #change(id: string, change: Partial<BackgroundAct>): void {
    const index = this.#acts.findIndex((each) => each.id === id)
    const act = this.#acts[index]
    if (act !== undefined) this.#acts[index] = { ...act, ...change }
  }
}
