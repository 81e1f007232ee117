import { setMaxListeners } from 'node:events'
import type { BatchHandler, ConsumerOptions } from '../../group-consumer.ts'
import { Permits } from '../../../base/permits.ts'
import { WakeUp, pause } from '../../../base/waiting.ts'
import { Gathering } from '../../gathering.ts'
import { RetainedBytes } from './claimed-partition.ts'
import { shorterLog, type FetchTarget } from './fetch-target.ts'
import type { GroupMember, GroupState, JoinedGeneration } from './group-member.ts'
import { HeldPartitions } from './held-partitions.ts'
import { Imbalance } from './imbalance.ts'
import type { KafkaCluster } from '../client/kafka-cluster.ts'
import { isLasting } from '../client/kafka-failure.ts'
import { KafkaFetcher } from './kafka-fetcher.ts'
import type { ResolvedKafkaOptions } from '../client/kafka-options.ts'
import type { SeenTopics } from '../client/look-at-topics.ts'
import { slotWeights } from './slots.ts'

export interface MembershipParts {
  readonly cluster: KafkaCluster
  readonly member: GroupMember
  readonly handler: BatchHandler
  readonly options: ConsumerOptions & ResolvedKafkaOptions
  readonly stopping: AbortSignal
}

/** Ranges that failed and were dropped are fetched again so many at a time, beside what `bufferBytes` allows. */
const REFETCHES = 2
/** Until a partition that had no leader, or whose old topic's last handler was under way, is tried again. */
const LOOK_AGAIN_MS = 500

/**
 * What one member does from one join of its group to the next. A partition belongs to whom the group gave its slot, whatever
 * becomes of its topic: it is dropped when the topic goes, and read from the beginning when one of that name comes again. Topics that
 * were created since lie in slots that have owners: they are read without a new generation, which would make every member pause.
 *
 * Kafka fences commits by member and generation, not by partition, and in a generation a slot has one owner, so that a partition has
 * one reader.
 */
export class Membership {
  readonly #parts: MembershipParts
  readonly #over = new AbortController()
  readonly #end: AbortSignal
  readonly #fetcher: KafkaFetcher
  readonly #held: HeldPartitions
  /** The leader's. */
  readonly #imbalance: Imbalance | undefined
  #weighed: SeenTopics | undefined
  readonly #lookNow = new WakeUp()
  #isLeaving = false

  constructor(joined: JoinedGeneration, parts: MembershipParts) {
    const { cluster, member, handler, options, stopping } = parts
    const { batchBytes, lingerMs, concurrency } = options
    const gathering = new Gathering({ ...options, handler })
    // Every handler may have a batch of full size.
    const bufferBytes = Math.max(options.bufferBytes, concurrency * batchBytes)
    this.#parts = parts
    this.#end = AbortSignal.any([this.#over.signal, stopping])
    setMaxListeners(0, this.#end)
    this.#fetcher = new KafkaFetcher(cluster, {
      minBytes: batchBytes,
      lingerMs,
      bufferBytes,
      beyondEnd: (target) => this.#explainBeyondEnd(target),
    })
    this.#held = new HeldPartitions(joined, options.topicPrefix, {
      cluster,
      member,
      unanswered: options.commitsOnce === true ? () => this.#endByLeaving() : null,
      fetcher: this.#fetcher,
      end: this.#end,
      partition: {
        gathering,
        batchBytes,
        refetches: new Permits(REFETCHES),
        retained: new RetainedBytes(bufferBytes / 2),
      },
    })
    this.#imbalance = joined.isLeader ? new Imbalance(joined.deal) : undefined
  }

  /** Reads until the group has to be joined again, or the consumer stops; the handlers under way are waited for. */
  async run(): Promise<void> {
    const beating = new AbortController()
    // From here on the group counts on heartbeats, and the handlers are waited for with them.
    const heartbeats = this.#heartbeat(beating.signal)
    try {
      await this.#look()
      const tasks = [this.#watch(), this.#fetcher.run(this.#end)].map((task) =>
        task.catch((error: unknown) => {
          this.#over.abort()
          throw error
        }),
      )
      const failed = (await Promise.allSettled(tasks)).find((result) => result.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    } finally {
      this.#over.abort()
      await this.#held.drain()
      beating.abort()
      await heartbeats
    }
    if (this.#isLeaving) await this.#parts.member.leave()
  }

  /**
   * Ends it for a commit that may be taken late. To join again would not fence it: Kafka answers a member that does not lead with the
   * generation there is. One that has left is refused.
   */
  #endByLeaving(): void {
    this.#isLeaving = true
    this.#over.abort()
  }

  async #watch(): Promise<void> {
    const { discoveryMs } = this.#parts.options
    while (!this.#end.aborted) {
      const wait = this.#held.isWhole ? discoveryMs : Math.min(discoveryMs, LOOK_AGAIN_MS)
      await this.#lookNow.wait(this.#end, wait)
      if (this.#end.aborted) return
      try {
        await this.#look()
      } catch (error) {
        // A look that fails is made again: meanwhile what is held is read on.
        if (isLasting(error)) throw error
        await pause(LOOK_AGAIN_MS, this.#end)
      }
    }
  }

  /** Compares what is read with the topics there are. */
  async #look(): Promise<void> {
    const seen = await this.#parts.cluster.look()
    if (this.#imbalance !== undefined) {
      if (seen.topics !== this.#weighed) this.#imbalance.weigh(slotWeights(seen, this.#parts.options.topicPrefix))
      this.#weighed = seen.topics
      if (this.#imbalance.isDue) this.#over.abort()
    }
    await this.#held.adjust(seen)
  }

  /** A new topic of the same name is shorter than the old one; the next look finds that it is another. */
  async #explainBeyondEnd(target: FetchTarget): Promise<void> {
    await this.#held.adjust(await this.#parts.cluster.look())
    if (this.#held.has(target)) throw shorterLog(target)
    this.#lookNow.ring()
  }

  /** Sends heartbeats until stopped, also while the last handlers of a generation that is over finish. */
  async #heartbeat(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      await pause(Math.min(3000, this.#parts.options.sessionTimeoutMs / 10), stopped)
      if (stopped.aborted) return
      // No answer is no news; if it stays so, the fetches fail as well, and the broker drops the member by itself.
      const state: GroupState = await this.#parts.member.heartbeat().catch(() => 'stable' as const)
      if (state !== 'stable') this.#over.abort()
      if (state === 'lost') return
    }
  }
}
