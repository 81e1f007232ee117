import type { Offset } from '../base/position.ts'
import type { CommittedOffset } from '../log/group-consumer.ts'
import type { RecordBatch, StoredRecord } from '../log/record.ts'
import type { LastBatch } from './batch/batch-range.ts'
import { intentOf, type Intent } from './batch/intent.ts'
import { isHeld } from './dead-letters/topic-holds.ts'

/** What is known of a partition while it is this member's. */
export class ClaimState implements LastBatch {
  standing: Intent | null
  company = Infinity
  #projectedTo: Offset
  /** The beginning of a range whose insert was announced, of which more is waited for. */
  #part: { readonly first: Offset; readonly records: readonly StoredRecord[] } | null = null

  /** `first` is where the partition is read from, `committed` what the group has committed. */
  constructor(committed: CommittedOffset | null, first: Offset) {
    const intent = intentOf(committed)
    this.standing = intent !== null && intent.next > first ? intent : null
    this.#projectedTo = first
  }

  /**
   * The range to project of a batch; null where the rest of an announced one is waited for: it is settled as a whole. Error: `TopicHeld`
   * where nothing is to be projected.
   */
  begin(batch: RecordBatch, heldFrom: Offset | null): RecordBatch | null {
    const { standing } = this
    const part = this.#part
    const records = part === null ? batch.records : [...part.records, ...batch.records]
    const first = part?.first ?? (this.#projectedTo > batch.first ? this.#projectedTo : batch.first)
    // What was announced is settled as a whole, or not at all.
    if (heldFrom !== null && heldFrom < (standing?.next ?? 0n)) throw isHeld(batch.topic)
    if (standing !== null && batch.next < standing.next) {
      this.#part = { first, records }
      return null
    }
    const next = heldFrom !== null && heldFrom < batch.next ? heldFrom : batch.next
    if (next <= first) throw isHeld(batch.topic)
    return { ...batch, first, next, records: between(records, first, next) }
  }

  /** The range that began is in the tables. */
  end(next: Offset): void {
    this.#projectedTo = next
    this.#part = null
    this.company = Infinity
  }

  /** Whether more of the partition can be projected than up to here, where its topic is held from there on. */
  comesFurther(heldFrom: Offset | null): boolean {
    if (heldFrom === null) return true
    return this.standing === null ? heldFrom > this.#projectedTo : heldFrom >= this.standing.next
  }
}

function between(records: readonly StoredRecord[], first: Offset, next: Offset): readonly StoredRecord[] {
  const isWithin = (record: StoredRecord | undefined): boolean =>
    record === undefined || (record.offset >= first && record.offset < next)
  // Mostly all of them: looking at each would take longer than reading it.
  if (isWithin(records[0]) && isWithin(records.at(-1))) return records
  return records.filter(isWithin)
}
