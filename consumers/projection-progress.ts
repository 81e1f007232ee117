import { offset, partitionText, type Offset, type TopicPartition } from '../base/position.ts'
import type { EventLog, PartitionOffsets } from '../log/event-log.ts'
import type { CommittedOffset } from '../log/group-consumer.ts'
import type { TenantTopics } from '../log/tenant-topics.ts'
import { NEVER, pause } from '../base/waiting.ts'
import { ExperienceError } from '../base/experience-error.ts'
import type { TopicHolds } from './dead-letters/topic-holds.ts'
import { intentOf } from './batch/intent.ts'

/** How far a partition is projected, and how many offsets before the target are not. */
export interface PartitionLag extends TopicPartition {
  readonly projectedTo: Offset
  /** Where the range ends that is under way; else as `projectedTo`. */
  readonly begunTo: Offset
  readonly lag: bigint
}

/** What the wait comes to: the partitions that stay behind, because their topics are held. */
export type HeldBack = readonly PartitionLag[]

type ProgressHolds = Pick<TopicHolds, 'refresh' | 'heldFrom'>

/** A place in the log that a reader wants to be projected: everything before `next`. */
export type Target = Pick<PartitionOffsets, 'topic' | 'partition' | 'next'>

export interface WaitOptions {
  readonly whileItMoves?: boolean
  readonly check?: () => void
}

const FIRST_POLL_MS = 5
const LONGEST_POLL_MS = 200

/** Tells how far the log is projected by a consumer group: that of the generation that readers follow, or another. */
export class ProjectionProgress {
  readonly #log: EventLog
  readonly #topics: TenantTopics
  readonly #group: () => Promise<string>
  readonly #holds: ProgressHolds | null

  /** The group is asked for at every look, since readers may be switched to another generation. Without `holds`, no topic is held. */
  constructor(log: EventLog, topics: TenantTopics, group: () => Promise<string>, holds: ProgressHolds | null = null) {
    this.#log = log
    this.#topics = topics
    this.#group = group
    this.#holds = holds
  }

  /** The end of every tenant's topic as it stands now. */
  async endOfLog(): Promise<PartitionOffsets[]> {
    return this.#log.offsets(await this.#log.topics(this.#topics.topicPrefix('events')))
  }

  /**
   * The targets that are not reached yet. What the log no longer holds, nobody can project and nobody waits for: records that were
   * removed from the beginning of a partition, and topics that were deleted.
   */
  async lagBehind(targets: readonly Target[]): Promise<PartitionLag[]> {
    const committed = new Map<string, CommittedOffset>()
    for (const each of await this.#log.committed(await this.#group(), topicsOf(targets)))
      committed.set(partitionText(each), each)
    const reached = (target: Target): Offset => committed.get(partitionText(target))?.offset ?? offset(0)
    const behind = targets.filter((target) => reached(target) < target.next)
    if (behind.length === 0) return []
    const earliest = new Map<string, Offset>()
    for (const each of await this.#log.offsets(topicsOf(behind))) earliest.set(partitionText(each), each.earliest)
    return behind
      .map((target) => {
        const { topic, partition, next } = target
        const begin = earliest.get(partitionText(target)) ?? next
        const projectedTo = begin > reached(target) ? begin : reached(target)
        const begunTo = intentOf(committed.get(partitionText(target)) ?? null)?.next ?? projectedTo
        return { topic, partition, projectedTo, begunTo, lag: next - projectedTo }
      })
      .filter(({ lag }) => lag > 0n)
  }

  /**
   * Waits until everything before the targets is projected but for what is held, and no longer than `timeoutMs`; with
   * `whileItMoves`, no longer than that without any progress. A log that is not ready is asked again. `check` is called before each
   * look, and ends the wait by throwing. Errors: `Lagging`, naming the partitions that are behind; `Unavailable`.
   */
  async waitFor(
    targets: readonly Target[],
    timeoutMs: number,
    { whileItMoves = false, check = () => {} }: WaitOptions = {},
  ): Promise<HeldBack> {
    // A partition that holds nothing has nothing to wait for.
    let awaited = targets.filter(({ next }) => next > 0n)
    let deadline = performance.now() + timeoutMs
    let leastLag: bigint | null = null
    for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(2 * pollMs, LONGEST_POLL_MS)) {
      check()
      const seen = await this.#look(awaited)
      if (!(seen instanceof ExperienceError)) {
        if (seen.moving.length === 0) return seen.held
        awaited = stillAwaited(awaited, seen)
        const lag = seen.moving.reduce((sum, partition) => sum + partition.lag, 0n)
        if (whileItMoves && (leastLag === null || lag < leastLag)) {
          leastLag = lag
          deadline = performance.now() + timeoutMs
        }
      }
      if (performance.now() + pollMs > deadline) {
        throw seen instanceof ExperienceError ? seen : laggingError(seen.moving, timeoutMs)
      }
      await pause(pollMs, NEVER)
    }
  }

  /**
   * Waits until everything before the targets is projected but for what is held, however long that takes, or the signal aborts.
   * Errors: none that pass.
   */
  async reach(targets: readonly Target[], end: AbortSignal = NEVER): Promise<HeldBack> {
    let awaited = targets
    for (let pollMs = FIRST_POLL_MS; !end.aborted; pollMs = Math.min(2 * pollMs, LONGEST_POLL_MS)) {
      const seen = await this.#look(awaited)
      if (!(seen instanceof ExperienceError)) {
        if (seen.moving.length === 0) return seen.held
        awaited = stillAwaited(awaited, seen)
      }
      await pause(pollMs, end)
    }
    return []
  }

  /** What is behind; an error that may pass, such as a coordinator that is loading, is an answer too. */
  async #look(targets: readonly Target[]): Promise<Behind | ExperienceError> {
    try {
      const lagging = await this.lagBehind(targets)
      if (lagging.length > 0) await this.#holds?.refresh()
      const moving: PartitionLag[] = []
      const held: PartitionLag[] = []
      for (const each of lagging) ((await this.#isHeld(each)) ? held : moving).push(each)
      return { moving, held }
    } catch (error) {
      if (error instanceof ExperienceError && error.retryable) return error
      throw error
    }
  }

  /** Whether the partition comes no further: a range that was begun before is not divided. */
  async #isHeld({ topic, partition, projectedTo, begunTo }: PartitionLag): Promise<boolean> {
    const heldFrom = (await this.#holds?.heldFrom({ topic, partition })) ?? null
    return heldFrom !== null && (projectedTo >= heldFrom || begunTo > heldFrom)
  }
}

/** What of the log is not projected: since it is on its way, and since it is held. */
interface Behind {
  readonly moving: readonly PartitionLag[]
  readonly held: readonly PartitionLag[]
}

function topicsOf(targets: readonly Target[]): string[] {
  return [...new Set(targets.map(({ topic }) => topic))]
}

/** What is projected stays so: of thousands of tenants only those that are behind are asked for again. */
function stillAwaited(awaited: readonly Target[], { moving, held }: Behind): Target[] {
  const behind = new Set([...moving, ...held].map(partitionText))
  return awaited.filter((target) => behind.has(partitionText(target)))
}

/** The ends of the log as far as they are projected, after a wait for them. */
export function upToHeld(ends: readonly PartitionOffsets[], held: HeldBack): PartitionOffsets[] {
  const projectedTo = new Map(held.map((each) => [partitionText(each), each.projectedTo]))
  return ends.map((end) => {
    const next = projectedTo.get(partitionText(end)) ?? end.next
    return { ...end, next: next > end.earliest ? next : end.earliest }
  })
}

const NAMED_PARTITIONS = 10

function laggingError(lagging: readonly PartitionLag[], timeoutMs: number): ExperienceError {
  const named = lagging
    .slice(0, NAMED_PARTITIONS)
    .map(({ topic, partition, lag }) => `${topic}/${partition} (${lag} behind)`)
  const more = lagging.length > named.length ? ` and ${lagging.length - named.length} more` : ''
  return new ExperienceError(
    'Lagging',
    `the read model is still behind the log after ${timeoutMs} ms: ${named.join(', ')}${more}. Is a projector running ("experience-log project")?`,
  )
}
