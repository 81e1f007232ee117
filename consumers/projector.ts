import type { EventLog } from '../log/event-log.ts'
import { Postponed, type ClaimedBatch, type GroupConsumer, type PartitionClaim } from '../log/group-consumer.ts'
import type { RecordBatch } from '../log/record.ts'
import type { TenantTopics } from '../log/tenant-topics.ts'
import { ExperienceError } from '../base/experience-error.ts'
import type { BatchProjection } from './batch/batch-projection.ts'
import { BatchRange } from './batch/batch-range.ts'
import { ClaimState } from './claim-state.ts'
import { isHeld, type TopicHolds } from './dead-letters/topic-holds.ts'

export interface ProjectorOptions {
  /** Consumer group: one per generation of the projection. */
  readonly group: string
  /** How long records may wait for others to be inserted with them, ms. */
  readonly lingerMs: number
  /** Bytes of records, of all partitions together, that are projected without waiting. */
  readonly batchBytes: number
  /** The mean time between batches of fewer bytes, at least, ms. Default: none. */
  readonly paceMs?: number
  /** How often to look for new tenants, ms. */
  readonly discoveryMs: number
  /** The topics that are left alone. Default: none. */
  readonly holds?: Pick<TopicHolds, 'heldFrom'>
  /**
   * Told of what could not be projected and will be tried again, once for each error, with the first of the ranges that it came
   * with; not of held topics.
   */
  readonly onFailure: (error: unknown, batch: RecordBatch) => void
}

/**
 * Projects the log into the read model, each event exactly once, whatever fails: batch by batch over all its partitions
 * (`projectBatch`). It knows what is under way in each partition, leaves held topics alone, and takes up what an earlier owner left.
 */
export class Projector {
  readonly #consumer: GroupConsumer
  readonly #project: BatchProjection
  readonly #onFailure: ProjectorOptions['onFailure']
  readonly #holds: ProjectorOptions['holds']
  readonly #states = new WeakMap<PartitionClaim, ClaimState>()
  #fault: ExperienceError | null = null

  constructor(log: EventLog, topics: TenantTopics, project: BatchProjection, options: ProjectorOptions) {
    const { group, onFailure, holds, ...consuming } = options
    this.#project = project
    this.#onFailure = onFailure
    this.#holds = holds
    this.#consumer = log.consumer(group, {
      ...consuming,
      topicPrefix: topics.topicPrefix('events'),
      // An intent that arrives late would be taken for the one of the insert under way (docs/decisions/0026).
      commitsOnce: true,
    })
  }

  /**
   * Projects until `stop`, or until a range fails in a way that repeating cannot mend: then the batches under way are finished,
   * the intent of the failed one stands, and this rejects. Errors: `TooManyDeadLetters`, `FormMismatch`.
   */
  async run(): Promise<void> {
    await this.#consumer.run((batches) => this.#handle(batches))
    if (this.#fault !== null) throw this.#fault
  }

  /** Finishes the batches under way, then leaves the group. */
  async stop(): Promise<void> {
    await this.#consumer.stop()
  }

  #endWith(fault: ExperienceError): void {
    this.#fault ??= fault
    // Not awaited: it waits for the very handler that calls this. It never rejects; `run` tells how the consumer ended.
    void this.#consumer.stop()
  }

  /** Makes one batch of what the partitions bring; each of them ends by itself. */
  #handle(batches: readonly ClaimedBatch[]): Promise<void>[] {
    const begun = batches.map((claimed) => this.#begin(claimed))
    void Promise.allSettled(begun).then(async (all) => {
      const ranges = all.flatMap((each) => (each.status === 'fulfilled' && each.value !== null ? [each.value] : []))
      for (const together of inBatches(ranges)) await this.#projectTogether(together)
    })
    const reported = new Set<unknown>()
    return begun.map((range, index) => this.#end(range, batches[index]!, reported))
  }

  async #projectTogether(ranges: readonly BatchRange[]): Promise<void> {
    try {
      await this.#project(ranges)
    } catch (error) {
      const isRefused = error instanceof ExperienceError && error.code === 'StorageError'
      for (const range of ranges) {
        if (isRefused) range.divide(ranges.length)
        range.fail(error)
      }
    }
  }

  /** What of a batch is to be projected now; null where the rest of its range is waited for. */
  async #begin({ batch, claim }: ClaimedBatch): Promise<BatchRange | null> {
    // Whoever stops waits for the handlers; what comes meanwhile is left to the next start.
    if (this.#fault !== null) throw this.#fault
    const heldFrom = (await this.#holds?.heldFrom(claim)) ?? null
    const state = this.#states.get(claim) ?? new ClaimState(claim.committed, batch.first)
    this.#states.set(claim, state)
    const range = state.begin(batch, heldFrom)
    return range === null ? null : new BatchRange(range, claim, state)
  }

  async #end(begun: Promise<BatchRange | null>, { batch, claim }: ClaimedBatch, reported: Set<unknown>): Promise<void> {
    try {
      const range = await begun
      if (range === null) return
      await range.handled
      this.#states.get(claim)?.end(range.batch.next)
      if (range.batch.next < batch.next) throw isHeld(batch.topic)
    } catch (error) {
      if (error instanceof Postponed) throw error
      if (isOfHeldTopic(error)) throw new Postponed(() => this.#comesFurther(claim))
      if (endsProjector(error)) this.#endWith(error)
      else if (!reported.has(error)) {
        reported.add(error)
        this.#onFailure(error, batch)
      }
      throw error
    }
  }

  /** Whether more of a partition can be projected than was when its topic was found to be held. */
  async #comesFurther(claim: PartitionClaim): Promise<boolean> {
    const heldFrom = (await this.#holds?.heldFrom(claim)) ?? null
    return this.#states.get(claim)?.comesFurther(heldFrom) ?? true
  }
}

/**
 * One batch, but for ranges whose last one was refused: those are tried in halves, so that rows which the server does not take hold
 * up no others for long.
 */
function inBatches(ranges: readonly BatchRange[]): BatchRange[][] {
  const batches: BatchRange[][] = []
  let last: BatchRange[] | undefined
  for (const range of ranges.toSorted(byCompany)) {
    // Those that were not refused stay among themselves.
    if (last === undefined || last[0]!.company !== range.company || last.length >= range.company)
      batches.push((last = []))
    last.push(range)
  }
  return batches
}

function byCompany(left: BatchRange, right: BatchRange): number {
  return left.company === right.company ? 0 : left.company > right.company ? -1 : 1
}

/** Who cannot project must not hold partitions that another could. */
function endsProjector(error: unknown): error is ExperienceError {
  return error instanceof ExperienceError && (error.code === 'TooManyDeadLetters' || error.code === 'FormMismatch')
}

function isOfHeldTopic(error: unknown): boolean {
  return error instanceof ExperienceError && error.code === 'TopicHeld'
}
