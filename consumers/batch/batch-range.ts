import type { PartitionClaim } from '../../log/group-consumer.ts'
import type { RecordBatch, StoredRecord } from '../../log/record.ts'
import { FoundDecoders } from '../envelope-decoders.ts'
import { intentMetadata, NO_INTENT, type Intent } from './intent.ts'

/** What is known of a partition's last batch while the partition is this member's. */
export interface LastBatch {
  /** The intent of a batch that was begun and did not end, here or by an earlier owner; null if there is none. */
  standing: Intent | null
  /** How many ranges a batch with this partition may have, after one was refused. */
  company: number
}

/** A range of one partition on its way into the read model, as a part of a batch. It ends by itself: others may go on without it. */
export class BatchRange {
  readonly batch: RecordBatch
  readonly #claim: PartitionClaim
  readonly #last: LastBatch
  /** Resolves when nothing more is to be done with the range, and rejects when it has to come again. */
  readonly handled: Promise<void>
  /** What reads its records, as far as that is known. */
  decoders = new FoundDecoders(new Map())
  #end: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | null = null

  constructor(batch: RecordBatch, claim: PartitionClaim, last: LastBatch) {
    this.batch = batch
    this.#claim = claim
    this.#last = last
    this.handled = new Promise((resolve, reject) => {
      this.#end = { resolve, reject }
    })
  }

  /** Whether it is part of the batch still. */
  get isGoing(): boolean {
    return this.#end !== null
  }

  /** Whether the topic has other partitions, whose ranges may be projected at the same moment, elsewhere too. */
  get hasSiblings(): boolean {
    return this.#claim.topicPartitions > 1
  }

  get standing(): Intent | null {
    return this.#last.standing
  }

  get company(): number {
    return this.#last.company
  }

  /** The batch of so many ranges that it is part of was refused: it may be for one of them only. */
  divide(size: number): void {
    this.#last.company = Math.ceil(size / 2)
  }

  /** The records whose insert was announced and did not end. */
  standingRecords(): readonly StoredRecord[] {
    const { standing } = this
    const { records } = this.batch
    if (standing === null) return []
    const last = records.at(-1)
    return last === undefined || last.offset < standing.next
      ? records
      : records.filter(({ offset }) => offset < standing.next)
  }

  fail(error: unknown): void {
    this.#end?.reject(error)
    this.#end = null
  }

  /** Does a step that concerns this range alone: where it fails, the others go on. */
  async attempt(step: () => Promise<void>): Promise<void> {
    try {
      await step()
    } catch (error) {
      this.fail(error)
    }
  }

  /** No insert that was announced for the range can arrive any more. */
  settle(): void {
    this.#last.standing = null
  }

  /** Announces the insert. From here on the range may be in the table, whatever else is heard of the insert. */
  async commitIntent(name: string): Promise<void> {
    const intent: Intent = { next: this.batch.next, name, of: 'batch' }
    if ((await this.#claim.commit(this.batch.first, intentMetadata(intent))) === 'fenced') this.#leave()
    else this.#last.standing = intent
  }

  /** Ends the range. */
  async commitNext(): Promise<void> {
    if ((await this.#claim.commit(this.batch.next, NO_INTENT)) === 'committed') this.#last.standing = null
    this.#leave()
  }

  /** The partition is somebody else's by now, or the range is done. */
  #leave(): void {
    this.#end?.resolve()
    this.#end = null
  }
}

/** Those that are part of the batch still. */
export function going(ranges: readonly BatchRange[]): BatchRange[] {
  return ranges.filter(({ isGoing }) => isGoing)
}

/** Does a step with each of those that go on, all at once. */
export async function withEach(
  ranges: readonly BatchRange[],
  step: (range: BatchRange) => Promise<void>,
): Promise<void> {
  await Promise.all(going(ranges).map((range) => range.attempt(() => step(range))))
}
