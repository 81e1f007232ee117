import type { BatchHandler, ClaimedBatch } from './group-consumer.ts'

/** A partition's records that wait to be handled. */
export interface WaitingRange {
  /** Bytes that wait now. */
  bytes(): number
  /** Whether the log holds more of the partition already. */
  readonly isBehind: boolean
  /** Takes what waits by now, when it is handed over; null if there is nothing. */
  take(): ClaimedBatch | null
}

export interface GatheringOptions {
  readonly handler: BatchHandler
  /** See `ConsumerOptions`. */
  readonly lingerMs: number
  /** See `ConsumerOptions`. */
  readonly batchBytes: number
  /** See `ConsumerOptions`. */
  readonly paceMs?: number
  /** Calls of the handler at a time. */
  readonly concurrency: number
}

/** So many small hand-overs may follow one another sooner than the pace wants, after a while without any. */
const BURST = 4
/**
 * How long to wait for `batchBytes` after the last hand-over where there is a backlog, ms: what is inserted in larger parts is merged
 * less often. Not longer, since what may be fetched is bounded over all partitions.
 */
const CATCH_UP_MS = 250

interface Waiting {
  readonly since: number
  bytes: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Gathers what the partitions of a consumer have ready into batches of many, so that the number of hand-overs depends on time and
 * bytes, and not on the number of partitions. What comes while it waits is handed over too.
 */
export class Gathering {
  readonly #options: GatheringOptions
  /** In the order in which they came. */
  readonly #waiting = new Map<WaitingRange, Waiting>()
  #bytes = 0
  #underWay = 0
  #handedOverAt = 0
  /** Up to when hand-overs at the pace would have come, by the number there were. */
  #pacedTo = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: GatheringOptions) {
    this.#options = options
  }

  /** Resolves when the range is handled. Rejects when it failed, or when the signal aborts before it was taken. */
  deliver(range: WaitingRange, ended: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (ended.aborted) return reject(ended.reason)
      // Once it is taken, whoever ends it waits for its handler.
      const leave = (): void => {
        if (this.#remove(range) !== undefined) reject(ended.reason)
      }
      ended.addEventListener('abort', leave, { once: true })
      const settle = (settled: () => void): void => {
        ended.removeEventListener('abort', leave)
        settled()
      }
      const bytes = range.bytes()
      this.#waiting.set(range, {
        since: performance.now(),
        bytes,
        resolve: () => settle(resolve),
        reject: (error) => settle(() => reject(error)),
      })
      this.#bytes += bytes
      this.#consider()
    })
  }

  /** To be called when more of a range may wait than did at its `deliver`. */
  grew(range: WaitingRange): void {
    const waiting = this.#waiting.get(range)
    if (waiting === undefined) return
    const bytes = range.bytes()
    this.#bytes += bytes - waiting.bytes
    waiting.bytes = bytes
    if (this.#isFull) this.#consider()
  }

  get #isFull(): boolean {
    return this.#bytes >= this.#options.batchBytes
  }

  #remove(range: WaitingRange): Waiting | undefined {
    const waiting = this.#waiting.get(range)
    if (waiting === undefined) return undefined
    this.#waiting.delete(range)
    this.#bytes -= waiting.bytes
    return waiting
  }

  /** Hands over what is due, or sees to it that this happens when it is. */
  #consider(): void {
    while (this.#waiting.size > 0 && this.#underWay < this.#options.concurrency) {
      if (!this.#isFull && this.#timer !== undefined) return
      const left = this.#isFull ? 0 : this.#dueAt() - performance.now()
      if (left > 0) {
        this.#timer = setTimeout(() => {
          this.#timer = undefined
          this.#consider()
        }, left)
        return
      }
      clearTimeout(this.#timer)
      this.#timer = undefined
      this.#handOver()
    }
  }

  /** When the oldest is handed over though more would fit. */
  #dueAt(): number {
    const { lingerMs, paceMs = 0 } = this.#options
    const [oldest] = this.#waiting.values()
    const due = Math.max((oldest?.since ?? 0) + lingerMs, this.#pacedTo - BURST * paceMs)
    const isBehind = [...this.#waiting.keys()].some((range) => range.isBehind)
    return isBehind ? Math.max(due, this.#handedOverAt + CATCH_UP_MS) : due
  }

  #handOver(): void {
    const { handler, batchBytes, paceMs = 0 } = this.#options
    this.#handedOverAt = performance.now()
    if (!this.#isFull) this.#pacedTo = Math.max(this.#pacedTo, this.#handedOverAt) + paceMs
    const taken: (ClaimedBatch & { readonly waiting: Waiting })[] = []
    let bytes = 0
    for (const [range, waiting] of this.#waiting) {
      if (bytes >= batchBytes) break
      bytes += waiting.bytes
      this.#remove(range)
      const claimed = range.take()
      if (claimed === null) waiting.resolve()
      else taken.push({ ...claimed, waiting })
    }
    if (taken.length === 0) return
    this.#underWay++
    const handled = handler(taken.map(({ batch, claim }) => ({ batch, claim })))
    const settled = handled.map((each, index) => each.then(taken[index]!.waiting.resolve, taken[index]!.waiting.reject))
    void Promise.all(settled).then(() => {
      this.#underWay--
      this.#consider()
    })
  }
}
