import { setMaxListeners } from 'node:events'
import { pause, WakeUp } from '../../../base/waiting.ts'
import { BrokerFetches, type FetchLedger } from './broker-fetches.ts'
import { RETRY_MS, type FetchTarget, type KafkaFetcherOptions } from './fetch-target.ts'
import type { KafkaCluster } from '../client/kafka-cluster.ts'
import { groupByLeader } from '../client/partition-groups.ts'
import { isLasting } from '../client/kafka-failure.ts'

/** Between looks for partitions that have no leader, or no longer exist. */
const LEADERLESS_MS = 500

/** Fetches from partitions that come and go, one request per broker at a time, and follows them when their leaders move. */
export class KafkaFetcher implements FetchLedger {
  readonly #cluster: KafkaCluster
  readonly #options: KafkaFetcherOptions
  readonly #targets = new Set<FetchTarget>()
  /** Those whose leader is to be found. */
  readonly #unplaced = new Set<FetchTarget>()
  readonly #brokers = new Map<number, BrokerFetches>()
  readonly #changed = new WakeUp()
  #buffered = 0

  constructor(cluster: KafkaCluster, options: KafkaFetcherOptions) {
    this.#cluster = cluster
    this.#options = options
  }

  get buffered(): number {
    return this.#buffered
  }

  add(target: FetchTarget): void {
    this.#targets.add(target)
    this.#unplaced.add(target)
    this.#changed.ring()
  }

  /** Nothing is accepted any more by the target. */
  remove(target: FetchTarget): void {
    this.#targets.delete(target)
    this.#unplaced.delete(target)
    for (const broker of this.#brokers.values()) broker.remove(target)
  }

  /** To be called when a target moved by itself, or has more room or less. */
  changed(target: FetchTarget): void {
    for (const broker of this.#brokers.values()) broker.changed(target)
  }

  /** To be called with the bytes that a target accepted and no longer holds. */
  release(bytes: number): void {
    this.#buffered -= bytes
    for (const broker of this.#brokers.values()) broker.wake()
  }

  /** Counts bytes that a target is about to accept. */
  hold(bytes: number): void {
    this.#buffered += bytes
  }

  /** Fetches until the signal aborts; rejects only on an error that retrying cannot mend. */
  async run(end: AbortSignal): Promise<void> {
    const failed = new AbortController()
    const over = AbortSignal.any([end, failed.signal])
    setMaxListeners(0, over)
    const running = new Set<Promise<void>>()
    let failure: unknown
    const start = (leader: number): BrokerFetches => {
      const broker = new BrokerFetches(this.#cluster, leader, this.#options, this)
      this.#brokers.set(leader, broker)
      const fetching = broker
        .run(over)
        .catch((error: unknown) => {
          failure ??= error
          failed.abort()
        })
        .finally(() => {
          running.delete(fetching)
          this.#brokers.delete(leader)
          for (const target of broker.targets) this.#misplaced(target)
        })
      running.add(fetching)
      return broker
    }
    while (!over.aborted) {
      try {
        if (this.#unplaced.size > 0) await this.#place(start, over)
      } catch (error) {
        failure ??= error
        failed.abort()
      }
      await this.#changed.wait(over, this.#unplaced.size > 0 ? LEADERLESS_MS : undefined)
    }
    await Promise.all(running)
    if (failure !== undefined) throw failure
  }

  /** To be called when a leader refused a partition: it is looked for anew, after a moment. */
  refused(target: FetchTarget, end: AbortSignal): void {
    void pause(RETRY_MS, end).then(() => this.#misplaced(target))
  }

  #misplaced(target: FetchTarget): void {
    if (!this.#targets.has(target)) return
    this.#unplaced.add(target)
    this.#changed.ring()
  }

  /** Gives the targets to their leaders; those without one stay. */
  async #place(start: (leader: number) => BrokerFetches, end: AbortSignal): Promise<void> {
    const unplaced = [...this.#unplaced]
    try {
      const metadata = await this.#cluster.look([...new Set(unplaced.map(({ topic }) => topic))])
      if (end.aborted) return
      for (const [leader, targets] of groupByLeader(metadata, unplaced)) {
        const broker = this.#brokers.get(leader) ?? start(leader)
        for (const target of targets) {
          // It may have been removed meanwhile.
          if (this.#unplaced.delete(target)) broker.add(target)
        }
      }
    } catch (error) {
      if (isLasting(error)) throw error
    }
  }
}
