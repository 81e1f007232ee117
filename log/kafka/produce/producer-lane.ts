import type { IdempotentProducer, Outcome } from './idempotent-producer.ts'

interface Queued<Work, Result> {
  readonly work: Work
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
  /** Whether a producer before left it undone. */
  readonly isRepeat: boolean
}

export interface ProducerLaneOptions<Work, Result> {
  readonly open: () => Promise<IdempotentProducer>
  /** Whether the successor of a producer that failed is opened at once, and not at the next piece of work. */
  readonly reopens?: boolean
  /** Picks what goes together in the next request; the first piece has to be among it. */
  readonly pick: (queue: readonly Work[]) => ReadonlySet<Work>
  /** Sends the pieces, and tells what became of each. */
  readonly send: (producer: IdempotentProducer, works: readonly Work[]) => Promise<Outcome<Result>[]>
}

/**
 * Sends with one producer, one request at a time; what comes meanwhile goes together in the next one. After a failure the
 * producer is replaced: what is not known of it ends with it. What it has left undone goes to its successor, once.
 */
export class ProducerLane<Work extends object, Result> {
  readonly #options: ProducerLaneOptions<Work, Result>
  #queue: Queued<Work, Result>[] = []
  #producer: Promise<IdempotentProducer> | undefined
  #draining: Promise<void> | undefined

  constructor(options: ProducerLaneOptions<Work, Result>) {
    this.#options = options
  }

  send(work: Work): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ work, resolve, reject, isRepeat: false })
      this.#draining ??= this.#drain()
    })
  }

  /** Waits for what was given to send. */
  async close(): Promise<void> {
    await this.#draining
    await this.#discard()
  }

  async #drain(): Promise<void> {
    // What is appended in this turn of the event loop goes together.
    await Promise.resolve()
    while (this.#queue.length > 0) {
      const picked = this.#options.pick(this.#queue.map(({ work }) => work))
      const taken = this.#queue.filter(({ work }) => picked.has(work))
      this.#queue = this.#queue.filter(({ work }) => !picked.has(work))
      const outcomes = await this.#send(taken.map(({ work }) => work))
      let failed = false
      const again: Queued<Work, Result>[] = []
      for (const [index, queued] of taken.entries()) {
        const outcome = outcomes[index]!
        if ('result' in outcome) {
          queued.resolve(outcome.result)
          continue
        }
        failed = true
        if (outcome.isUndone === true && !queued.isRepeat) again.push({ ...queued, isRepeat: true })
        else queued.reject(outcome.error)
      }
      this.#queue = [...again, ...this.#queue]
      if (failed) this.#replace()
    }
    this.#draining = undefined
  }

  async #send(works: readonly Work[]): Promise<Outcome<Result>[]> {
    try {
      this.#producer ??= this.#options.open()
      return await this.#options.send(await this.#producer, works)
    } catch (error) {
      return works.map(() => ({ error }))
    }
  }

  #replace(): void {
    void this.#discard()
    if (this.#options.reopens !== true) return
    const successor = this.#options.open()
    this.#producer = successor
    successor.catch(() => {
      if (this.#producer === successor) this.#producer = undefined
    })
  }

  async #discard(): Promise<void> {
    const producer = this.#producer
    this.#producer = undefined
    // Its requests have ended; closing is all that is left to do.
    await producer?.then((each) => each.close()).catch(() => undefined)
  }
}
