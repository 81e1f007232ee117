import { partitionText, type TopicPartition } from '../../../base/position.ts'
import type { JoinedGeneration } from './group-member.ts'
import type { TopicsSeen } from '../client/look-at-topics.ts'

/**
 * By then the group is asked to deal anew, also where the leader is its only member: what no member has subscribed to, which is
 * done by joining, Kafka may forget the commits of (KIP-496).
 */
const DEAL_AFTER_MS = 60_000
/** Topics that are created one after another are dealt together. */
const DEAL_TOGETHER_MS = 5000

/** The partitions of topics that were created since the group's partitions were dealt, which its leader reads. */
export class NewPartitions {
  readonly #known: Set<string>
  readonly #members: number
  readonly #share: number
  #count = 0
  #since: number | undefined

  constructor({ members, dealt }: NonNullable<JoinedGeneration['led']>, share: number) {
    this.#known = new Set(dealt.map(partitionText))
    this.#members = members
    this.#share = share
  }

  /** Those that no earlier call found, and nobody was assigned. */
  among({ topics }: TopicsSeen, prefix: string): TopicPartition[] {
    const found: TopicPartition[] = []
    for (const [topic, partitions] of topics) {
      if (!topic.startsWith(prefix)) continue
      for (const { partition } of partitions) {
        const name = partitionText({ topic, partition })
        if (this.#known.has(name)) continue
        this.#known.add(name)
        found.push({ topic, partition })
      }
    }
    this.#count += found.length
    if (found.length > 0) this.#since ??= performance.now()
    return found
  }

  /** Whether it is time for the group to deal anew: earlier where other members could take load that has doubled. */
  areDue(): boolean {
    if (this.#since === undefined) return false
    const age = performance.now() - this.#since
    const isLoad = this.#members > 1 && this.#count > this.#share
    return age > (isLoad ? DEAL_TOGETHER_MS : DEAL_AFTER_MS)
  }
}
