import type { Producer } from 'kafkajs'

interface Queued<Work, Result> {
  readonly work: Work
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

export interface ProducerLaneOptions<Work, Result> {
  readonly createProducer: () => Producer
  /** Is done with every new producer, also at once with the successor of one that failed. */
  readonly prepare?: (producer: Producer) => Promise<void>
  /** Picks what goes together in the next request; the first piece has to be among it. */
  readonly pick: (queue: readonly Work[]) => ReadonlySet<Work>
  /** Sends the pieces, and answers with the result of each. */
  readonly send: (producer: Producer, works: readonly Work[]) => Promise<Result[]>
}

/**
 * Sends with one kafkajs producer, one request at a time; what comes meanwhile goes together in the next one.
 *
 * One at a time, because kafkajs gives a failed request's sequence numbers back at once: the next request would take them, and
 * Kafka, having stored the first after all, would answer for the second without storing it. After any failure the producer is
 * thrown away with its sequence numbers, for the same reason.
 */
export class ProducerLane<Work extends object, Result> {
  readonly #options: ProducerLaneOptions<Work, Result>
  #queue: Queued<Work, Result>[] = []
  #producer: Promise<Producer> | undefined
  #draining: Promise<void> | undefined

  constructor(options: ProducerLaneOptions<Work, Result>) {
    this.#options = options
  }

  send(work: Work): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ work, resolve, reject })
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
      try {
        this.#producer ??= this.#connect()
        const results = await this.#options.send(
          await this.#producer,
          taken.map(({ work }) => work),
        )
        for (const [index, { resolve }] of taken.entries()) resolve(results[index]!)
      } catch (error) {
        for (const { reject } of taken) reject(error)
        void this.#discard()
        if (this.#options.prepare !== undefined) this.#connectAhead()
      }
    }
    this.#draining = undefined
  }

  #connectAhead(): void {
    const producer = this.#connect()
    this.#producer = producer
    producer.catch(() => {
      if (this.#producer === producer) this.#producer = undefined
    })
  }

  async #connect(): Promise<Producer> {
    const producer = this.#options.createProducer()
    try {
      await producer.connect()
      await this.#options.prepare?.(producer)
      return producer
    } catch (error) {
      await producer.disconnect().catch(() => undefined)
      throw error
    }
  }

  async #discard(): Promise<void> {
    const producer = this.#producer
    this.#producer = undefined
    // Its requests have failed already; closing is all that is left to do.
    await producer?.then((each) => each.disconnect()).catch(() => undefined)
  }
}
