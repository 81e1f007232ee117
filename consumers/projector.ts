import type { Offset } from '../base/position.ts'
import {
  Postponed,
  type EventLog,
  type GroupConsumer,
  type PartitionClaim,
  type RecordBatch,
  type StoredRecord,
} from '../log/event-log.ts'
import { eachBatch } from '../log/each-batch.ts'
import type { TenantTopics } from '../log/tenant-topics.ts'
import { ExperienceError } from '../base/experience-error.ts'
import { isHeld, type TopicHolds } from './dead-letters/topic-holds.ts'
import { intentMetadata, intentOf, newIntent, NO_INTENT, type Intent } from './intent.ts'
import type { RangeProjection } from './project-range.ts'

export interface ProjectorOptions {
  /** Consumer group: one per generation of the projection. */
  readonly group: string
  /** How long the log may wait to fill a batch, ms. */
  readonly lingerMs: number
  /** Bytes of records after which a batch is handed over without waiting. */
  readonly batchBytes: number
  /** How often to look for new tenants, ms. */
  readonly discoveryMs: number
  /** The topics that are left alone. Default: none. */
  readonly holds?: Pick<TopicHolds, 'heldFrom'>
  /** Told of every range that could not be projected and will be tried again; not of those of held topics. */
  readonly onFailure: (error: unknown, batch: RecordBatch) => void
}

/**
 * Projects the log into the read model, each event exactly once, whatever fails (docs/architecture.md, "Exactly once"). For each
 * batch of a partition:
 *
 * 1. commit the batch's first offset, and beside it its end and a new name: the intent, fenced by the consumer group;
 * 2. insert, under a deduplication token that has this name;
 * 3. commit the next offset.
 *
 * Whoever owns the partition after a crash finds the intent and inserts exactly that range again under the same token, which
 * ClickHouse drops if the first insert arrived, however late.
 */
export class Projector {
  readonly #consumer: GroupConsumer
  readonly #project: RangeProjection
  readonly #onFailure: ProjectorOptions['onFailure']
  readonly #holds: ProjectorOptions['holds']
  readonly #states = new WeakMap<PartitionClaim, ClaimState>()
  #fault: ExperienceError | null = null

  constructor(log: EventLog, topics: TenantTopics, project: RangeProjection, options: ProjectorOptions) {
    this.#project = project
    this.#onFailure = options.onFailure
    this.#holds = options.holds
    this.#consumer = log.consumer(options.group, {
      topicPrefix: topics.topicPrefix('events'),
      discoveryMs: options.discoveryMs,
      lingerMs: options.lingerMs,
      batchBytes: options.batchBytes,
    })
  }

  /**
   * Projects until `stop`, or until a range fails in a way that repeating cannot mend: then the ranges under way are finished,
   * the intent of the failed one stands, and this rejects. Errors: `TooManyDeadLetters`, `FormMismatch`.
   */
  async run(): Promise<void> {
    const handler = eachBatch(async (batch, claim) => {
      // Whoever stops waits for the handlers; what comes meanwhile is left to the next start.
      if (this.#fault !== null) throw this.#fault
      try {
        await this.#handle(batch, claim)
      } catch (error) {
        if (isOfHeldTopic(error)) throw new Postponed(() => this.#comesFurther(claim))
        if (endsProjector(error)) this.#endWith(error)
        else this.#onFailure(error, batch)
        throw error
      }
    })
    await this.#consumer.run(handler)
    if (this.#fault !== null) throw this.#fault
  }

  /** Finishes the ranges under way, then leaves the group. */
  async stop(): Promise<void> {
    await this.#consumer.stop()
  }

  #endWith(fault: ExperienceError): void {
    this.#fault ??= fault
    // Not awaited: it waits for the very handler that calls this. It never rejects; `run` tells how the consumer ended.
    void this.#consumer.stop()
  }

  async #handle(batch: RecordBatch, claim: PartitionClaim): Promise<void> {
    const heldFrom = (await this.#holds?.heldFrom(claim)) ?? null
    const state = this.#stateOf(claim, batch.first)
    const { interrupted } = state
    if (interrupted !== null) {
      // It is repeated as it was, or not at all.
      if (heldFrom !== null && heldFrom < interrupted.next) throw isHeld(batch.topic)
      const records = [...interrupted.records, ...between(batch.records, batch.first, interrupted.next)]
      if (batch.next < interrupted.next) {
        // The range was made of more than this batch brings: wait for the rest, and commit nothing before it.
        state.interrupted = { ...interrupted, records }
        return
      }
      if (!(await this.#projectRange({ ...batch, ...interrupted, records }, claim, state))) return
      state.interrupted = null
      state.projectedTo = interrupted.next
    }
    // A batch that failed after its interrupted part comes again as a whole.
    const first = state.projectedTo > batch.first ? state.projectedTo : batch.first
    const next = heldFrom !== null && heldFrom < batch.next ? beforeHeld(heldFrom, first, state) : batch.next
    if (first < next) {
      const range = { ...batch, first, next, records: between(batch.records, first, next) }
      if (await this.#projectRange(range, claim, state)) state.projectedTo = next
    }
    if (next < batch.next) throw isHeld(batch.topic)
  }

  /** Whether more of a partition can be projected than was when its topic was found to be held. */
  async #comesFurther(claim: PartitionClaim): Promise<boolean> {
    const heldFrom = (await this.#holds?.heldFrom(claim)) ?? null
    const state = this.#states.get(claim)
    if (heldFrom === null || state === undefined) return true
    const { interrupted, projectedTo } = state
    if (interrupted !== null) return heldFrom >= interrupted.next
    return beforeHeld(heldFrom, projectedTo, state) > projectedTo
  }

  /** Looks at what an earlier owner of the partition left when its first batch comes. */
  #stateOf(claim: PartitionClaim, first: Offset): ClaimState {
    const known = this.#states.get(claim)
    if (known !== undefined) return known
    const intent = intentOf(claim.committed)
    const begun = intent !== null && intent.next > first ? { first, intent } : null
    const interrupted = begun === null ? null : { first, next: begun.intent.next, records: [] }
    const state: ClaimState = { interrupted, projectedTo: first, begun }
    this.#states.set(claim, state)
    return state
  }

  /** Answers false when the partition turned out to belong to another member: nothing more may be done with it then. */
  async #projectRange(range: RecordBatch, claim: PartitionClaim, state: ClaimState): Promise<boolean> {
    if (range.records.length > 0) {
      const { begun } = state
      const isRepeated = begun?.first === range.first && begun.intent.next === range.next
      const intent = isRepeated ? begun.intent : newIntent(range.next)
      state.begun = { first: range.first, intent }
      if ((await claim.commit(range.first, intentMetadata(intent))) === 'fenced') return false
      try {
        await this.#project(range, { name: intent.name, isRepeated, hasSiblings: claim.topicPartitions > 1 })
      } catch (error) {
        if (isOfHeldTopic(error) && !isRepeated) {
          // Nothing of it was written: whoever goes on may divide it otherwise.
          state.begun = null
          await claim.commit(range.first, NO_INTENT)
        }
        throw error
      }
    }
    return (await claim.commit(range.next, NO_INTENT)) === 'committed'
  }
}

/** Who cannot project must not hold partitions that another could. */
function endsProjector(error: unknown): error is ExperienceError {
  return error instanceof ExperienceError && (error.code === 'TooManyDeadLetters' || error.code === 'FormMismatch')
}

/** Up to where a partition is projected whose topic is held. A range that was begun is repeated as it was, or not at all. */
function beforeHeld(heldFrom: Offset, first: Offset, { begun }: ClaimState): Offset {
  return begun?.first === first && heldFrom < begun.intent.next ? first : heldFrom
}

function isOfHeldTopic(error: unknown): boolean {
  return error instanceof ExperienceError && error.code === 'TopicHeld'
}

/** What is known of a partition while it is this member's. */
interface ClaimState {
  /** The range that an earlier owner had under way, with the records of it that have come so far. */
  interrupted: { readonly first: Offset; readonly next: Offset; readonly records: readonly StoredRecord[] } | null
  projectedTo: Offset
  /** The range whose insert was begun last, by an earlier owner too: it is repeated under the same name. */
  begun: { readonly first: Offset; readonly intent: Intent } | null
}

function between(records: readonly StoredRecord[], first: Offset, next: Offset): readonly StoredRecord[] {
  const isWithin = (record: StoredRecord | undefined): boolean =>
    record === undefined || (record.offset >= first && record.offset < next)
  // Mostly all of them: looking at each would take longer than reading it.
  if (isWithin(records[0]) && isWithin(records.at(-1))) return records
  return records.filter(isWithin)
}
