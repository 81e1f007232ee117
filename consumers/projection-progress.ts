import { partitionText, type TopicPartition } from '../base/position.ts'
import type { EventLog, PartitionOffsets } from '../log/event-log.ts'
import type { TenantTopics } from '../log/tenant-topics.ts'
import { NEVER, pause } from '../base/waiting.ts'
import { ExperienceError } from '../base/experience-error.ts'

/** How many offsets of a partition are not projected yet. */
export interface PartitionLag extends TopicPartition {
  readonly lag: bigint
}

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
  private readonly log: EventLog
  private readonly topics: TenantTopics
  private readonly group: () => Promise<string>

  /** The group is asked for at every look, since readers may be switched to another generation. */
  constructor(log: EventLog, topics: TenantTopics, group: () => Promise<string>) {
    this.log = log
    this.topics = topics
    this.group = group
  }

  /** The end of every tenant's topic as it stands now. */
  async endOfLog(): Promise<PartitionOffsets[]> {
    return this.log.offsets(await this.log.topics(this.topics.topicPrefix('events')))
  }

  /**
   * The targets that are not reached yet. What the log no longer holds, nobody can project and nobody waits for: records that were
   * removed from the beginning of a partition, and topics that were deleted.
   */
  async lagBehind(targets: readonly Target[]): Promise<PartitionLag[]> {
    const committed = new Map<string, bigint>()
    for (const each of await this.log.committed(await this.group(), topicsOf(targets)))
      committed.set(partitionText(each), each.offset)
    const reached = (target: Target): bigint => committed.get(partitionText(target)) ?? 0n
    const behind = targets.filter((target) => reached(target) < target.next)
    if (behind.length === 0) return []
    const earliest = new Map<string, bigint>()
    for (const each of await this.log.offsets(topicsOf(behind))) earliest.set(partitionText(each), each.earliest)
    return behind
      .map((target) => {
        const { topic, partition, next } = target
        const begin = earliest.get(partitionText(target)) ?? next
        return { topic, partition, lag: next - (begin > reached(target) ? begin : reached(target)) }
      })
      .filter(({ lag }) => lag > 0n)
  }

  /**
   * Waits until everything before the targets is projected, but no longer than `timeoutMs`; with `whileItMoves`, no longer than
   * that without any progress. A log that is not ready is asked again. `check` is called before each look, and ends the wait
   * by throwing. Errors: `Lagging`, naming the partitions that are behind; `Unavailable`.
   */
  async waitFor(
    targets: readonly Target[],
    timeoutMs: number,
    { whileItMoves = false, check = () => {} }: WaitOptions = {},
  ): Promise<void> {
    // A partition that holds nothing has nothing to wait for.
    let awaited = targets.filter(({ next }) => next > 0n)
    let deadline = performance.now() + timeoutMs
    let leastLag: bigint | null = null
    for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(2 * pollMs, LONGEST_POLL_MS)) {
      check()
      const lagging = await this.lagOrFault(awaited)
      if (!(lagging instanceof ExperienceError)) {
        if (lagging.length === 0) return
        awaited = stillAwaited(awaited, lagging)
        const lag = lagging.reduce((sum, partition) => sum + partition.lag, 0n)
        if (whileItMoves && (leastLag === null || lag < leastLag)) {
          leastLag = lag
          deadline = performance.now() + timeoutMs
        }
      }
      if (performance.now() + pollMs > deadline) {
        throw lagging instanceof ExperienceError ? lagging : laggingError(lagging, timeoutMs)
      }
      await pause(pollMs, NEVER)
    }
  }

  /** Waits until everything before the targets is projected, however long that takes, or the signal aborts. Errors: none that pass. */
  async reach(targets: readonly Target[], end: AbortSignal = NEVER): Promise<void> {
    let awaited = targets
    for (let pollMs = FIRST_POLL_MS; !end.aborted; pollMs = Math.min(2 * pollMs, LONGEST_POLL_MS)) {
      const lagging = await this.lagOrFault(awaited)
      if (!(lagging instanceof ExperienceError)) {
        if (lagging.length === 0) return
        awaited = stillAwaited(awaited, lagging)
      }
      await pause(pollMs, end)
    }
  }

  /** What `lagBehind` answers; an error that may pass, such as a coordinator that is loading, is an answer too. */
  private async lagOrFault(targets: readonly Target[]): Promise<PartitionLag[] | ExperienceError> {
    try {
      return await this.lagBehind(targets)
    } catch (error) {
      if (error instanceof ExperienceError && error.retryable) return error
      throw error
    }
  }
}

function topicsOf(targets: readonly Target[]): string[] {
  return [...new Set(targets.map(({ topic }) => topic))]
}

/** What is projected stays so: of thousands of tenants only those that are behind are asked for again. */
function stillAwaited(awaited: readonly Target[], lagging: readonly PartitionLag[]): Target[] {
  const behind = new Set(lagging.map(partitionText))
  return awaited.filter((target) => behind.has(partitionText(target)))
}

const NAMED_PARTITIONS = 10

function laggingError(lagging: readonly PartitionLag[], timeoutMs: number): ExperienceError {
  const named = lagging
    .slice(0, NAMED_PARTITIONS)
    .map(({ topic, partition, lag }) => `${topic}/${partition} (${lag} behind)`)
  const more = lagging.length > named.length ? ` and ${lagging.length - named.length} more` : ''
  return new ExperienceError(
    'Lagging',
    `the read model is behind the log after ${timeoutMs} ms: ${named.join(', ')}${more}. Is a projector running ("experience-log project")?`,
  )
}
