import { quantile } from '../../bench/latency/visible-latencies.ts'
import { TailAges } from './tail-ages.ts'

/** What clients ask for. */
export type Sort = 'post' | 'stream' | 'question'

interface Told {
  /** When the answer was there, ms since the phase began. */
  readonly atMs: number
  /** How long it took from when it was due, ms. */
  readonly tookMs: number
  readonly status: number
}

/** What came of what clients sent in one phase. */
export class PhaseFigures {
  readonly #begunAt = performance.now()
  readonly #told: Record<Sort, Told[]> = { post: [], stream: [], question: [] }
  #endedAt = 0
  readonly ages = new TailAges()
  /** Events that clients had to send, over all of the phase. */
  offered = 0
  /** Events that were accepted of those. */
  accepted = 0
  /** Events that streams could not send, since the server read no faster. */
  heldBack = 0
  /** Requests that were due when clients had as many connections as they may. */
  notSent = 0

  /** A request was answered that was due at this time, of `performance.now()`. */
  answered(sort: Sort, status: number, dueAt: number): void {
    const now = performance.now()
    this.#told[sort].push({ atMs: now - this.#begunAt, tookMs: now - dueAt, status })
  }

  /** No more is sent. */
  end(): void {
    this.#endedAt = performance.now()
  }

  get seconds(): number {
    return (this.#endedAt - this.#begunAt) / 1000
  }

  /** How often each status was answered. */
  statuses(sort: Sort): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { status } of this.#told[sort]) counts[status] = (counts[status] ?? 0) + 1
    return counts
  }

  /** How long answers to posts took at this share of them, ms. */
  answeredMs(share: number): number {
    return quantileOf(this.#told.post, share)
  }

  /** How long good answers to posts took at this share of them, ms. */
  acceptedMs(share: number): number {
    return quantileOf(
      this.#told.post.filter(({ status }) => status === 200),
      share,
    )
  }

  /**
   * The time from which on every post was accepted, and 95 of 100 within `ms`, each second by itself, s since the phase began; null where
   * the last second was not so.
   */
  recoveredAfterS(ms: number): number | null {
    const seconds = Math.floor(this.seconds)
    let from = seconds
    while (from > 0 && this.#isGood(from - 1, ms)) from--
    return from === seconds ? null : from
  }

  /** When the last stream that was begun in this phase was answered, of `performance.now()`. */
  get streamsTakenAt(): number {
    return this.#begunAt + Math.max(0, ...this.#told.stream.map(({ atMs }) => atMs))
  }

  get begunAt(): number {
    return this.#begunAt
  }

  toJson(): object {
    const { offered, accepted, heldBack, notSent } = this
    const sorts = (['post', 'stream', 'question'] as const).map((sort) => [sort, this.statuses(sort)] as const)
    const refused = this.#told.post.filter(({ status }) => status !== 200)
    return {
      seconds: Math.round(this.seconds),
      events_per_second: { offered: Math.round(offered / this.seconds), accepted: Math.round(accepted / this.seconds) },
      held_back: heldBack,
      not_sent: notSent,
      answers: Object.fromEntries(sorts),
      accepted_ms: { p50: Math.round(this.acceptedMs(0.5)), p99: Math.round(this.acceptedMs(0.99)) },
      told_live_ms: this.ages.toJson(),
      refused_ms: refused.length === 0 ? null : { p99: Math.round(quantileOf(refused, 0.99)) },
    }
  }

  #isGood(second: number, ms: number): boolean {
    const told = this.#told.post.filter(({ atMs }) => Math.floor(atMs / 1000) === second)
    return told.length > 0 && told.every(({ status }) => status === 200) && quantileOf(told, 0.95) <= ms
  }
}

function quantileOf(told: readonly Told[], share: number): number {
  const times = told.map(({ tookMs }) => tookMs)
  return times.length === 0 ? 0 : quantile(times, share)
}
