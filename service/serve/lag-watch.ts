import type { Logger } from 'pino'
import { partitionText } from '../../base/position.ts'
import { pause } from '../../base/waiting.ts'
import type { Freshness, SeenLag } from '../http/query/freshness.ts'
import type { Service } from '../wiring/service.ts'

/** How long to rest between two looks, ms; with many tenants, or in a busy process, up to ten times as long as a look takes. */
const REST_MS = 1000
const REST_TIMES = 10
const LONGEST_REST_MS = 10_000

/** How long to rest after a look that took so long, ms. */
export function restAfter(tookMs: number): number {
  return Math.min(LONGEST_REST_MS, Math.max(REST_MS, REST_TIMES * tookMs))
}

interface AwaitedEnd {
  /** The end of the partition. */
  readonly next: bigint
  /** When it was seen, ms since the epoch. */
  readonly since: number
}

/** Looks now and then how far the tables are behind the log, so that answers and metrics can say so at no cost. */
export class LagWatch implements Freshness {
  readonly #service: Service
  readonly #stopping = new AbortController()
  readonly #watching: Promise<void>
  #byTopic: ReadonlyMap<string, bigint> = new Map()
  #all = 0n
  #at: number | null = null
  /** Of each partition that is behind: where it ended at a look, since when that is not projected. */
  #awaited: ReadonlyMap<string, AwaitedEnd> = new Map()

  constructor(service: Service, logger: Logger) {
    this.#service = service
    this.#watching = this.#watch(logger)
  }

  lagOf(tenant: string | null): SeenLag | null {
    if (this.#at === null) return null
    const topic = tenant === null ? null : this.#service.log.topics.topic('events', tenant)
    return { events: topic === null ? this.#all : (this.#byTopic.get(topic) ?? 0n), at: this.#at }
  }

  lagSeconds(): number {
    if (this.#at === null) return NaN
    let oldest = Infinity
    for (const { since } of this.#awaited.values()) oldest = Math.min(oldest, since)
    return oldest === Infinity ? 0 : (Date.now() - oldest) / 1000
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    await this.#watching
  }

  async #watch(logger: Logger): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const begunAt = performance.now()
      try {
        await this.#look()
      } catch (error) {
        logger.warn({ err: error }, 'cannot tell how far the tables are behind the log')
      }
      await pause(restAfter(performance.now() - begunAt), signal)
    }
  }

  async #look(): Promise<void> {
    const at = Date.now()
    const byTopic = new Map<string, bigint>()
    const awaited = new Map<string, AwaitedEnd>()
    let all = 0n
    for (const each of await this.#service.unprojected()) {
      const { topic, lag, projectedTo } = each
      const before = this.#awaited.get(partitionText(each))
      const isStill = before !== undefined && before.next > projectedTo
      awaited.set(partitionText(each), isStill ? before : { next: projectedTo + lag, since: at })
      byTopic.set(topic, (byTopic.get(topic) ?? 0n) + lag)
      all += lag
    }
    this.#byTopic = byTopic
    this.#all = all
    this.#awaited = awaited
    this.#at = at
  }
}
