import { randomUUID } from 'node:crypto'
import { HttpError, httpErrorOf } from '../http-error.ts'

/** What an operator asked for that takes long. */
export interface BackgroundAct {
  readonly id: string
  readonly act: string
  readonly state: 'running' | 'done' | 'failed'
  /** ISO 8601, UTC. */
  readonly began_at: string
  readonly ended_at: string | null
  /** How far it is; what it came to, once it is done. */
  readonly progress: object | null
  readonly result: object | null
  readonly error: { readonly code: string; readonly message: string } | null
}

/** Acts that are remembered once they have ended. */
const MOST_KNOWN = 50

/** Does long acts one after the other at the asker's wish: never two at once, since each has the machine to itself. */
export class BackgroundActs {
  readonly #acts: BackgroundAct[] = []
  readonly #stopping: AbortSignal

  /** `stopping` asks the act under way to end early. */
  constructor(stopping: AbortSignal) {
    this.#stopping = stopping
  }

  /** Those that are remembered, the latest first. */
  get all(): readonly BackgroundAct[] {
    return this.#acts
  }

  /** Begins an act. Error: 503, while another is under way. */
  begin(
    act: string,
    work: (stopped: AbortSignal, report: (progress: object) => void) => Promise<object>,
  ): BackgroundAct {
    if (this.#acts[0]?.state === 'running') {
      const message = `${this.#acts[0].act} is under way here: wait until it has ended`
      throw new HttpError(503, 'Unavailable', message, { retryAfterS: 5 })
    }
    const begun: BackgroundAct = {
      id: randomUUID(),
      act,
      state: 'running',
      began_at: new Date().toISOString(),
      ended_at: null,
      progress: null,
      result: null,
      error: null,
    }
    this.#acts.unshift(begun)
    this.#acts.splice(MOST_KNOWN)
    void this.#conduct(begun.id, work)
    return begun
  }

  async #conduct(id: string, work: Parameters<BackgroundActs['begin']>[1]): Promise<void> {
    try {
      const result = await work(this.#stopping, (progress) => this.#change(id, { progress }))
      this.#change(id, { state: 'done', result, ended_at: new Date().toISOString() })
    } catch (thrown) {
      const { code, message } = httpErrorOf(thrown)
      this.#change(id, { state: 'failed', error: { code, message }, ended_at: new Date().toISOString() })
    }
  }

  #change(id: string, change: Partial<BackgroundAct>): void {
    const index = this.#acts.findIndex((each) => each.id === id)
    const act = this.#acts[index]
    if (act !== undefined) this.#acts[index] = { ...act, ...change }
  }
}
