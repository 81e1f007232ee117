import { setImmediate } from 'node:timers/promises'
import type { RecordBatch } from '../../log/record.ts'

/**
 * How long one works before others have their turn: a share of the time that those took, ms. Where a process has so much to do that its turn
 * comes only a few times a second, it would fall ever further behind with a few milliseconds each.
 */
const SHARE = 0.1
const LEAST_MS = 5
const MOST_MS = 50
/** Records that are read into items at a time: a millisecond's work or two. */
const RECORDS_OF_A_PART = 100

/**
 * Lets others have their turn: what reads a log that gives thousands of records without a wait would keep the process from all else. By time
 * and not by records: in a process that has much to do it is long until it is its turn again.
 */
export class Turn {
  #until = performance.now() + LEAST_MS

  /** Resolves when there is time to go on. */
  async pass(): Promise<void> {
    const leftAt = performance.now()
    if (leftAt < this.#until) return
    await setImmediate()
    const now = performance.now()
    this.#until = now + Math.min(MOST_MS, Math.max(LEAST_MS, SHARE * (now - leftAt)))
  }
}

/** The batch in short parts, of which the last ends where it does. */
export function partsOf(batch: RecordBatch): RecordBatch[] {
  const { records } = batch
  if (records.length <= RECORDS_OF_A_PART) return [batch]
  const parts: RecordBatch[] = []
  for (let from = 0; from < records.length; from += RECORDS_OF_A_PART) {
    const behind = records[from + RECORDS_OF_A_PART]
    const part = records.slice(from, from + RECORDS_OF_A_PART)
    parts.push({ ...batch, records: part, next: behind === undefined ? batch.next : behind.offset })
  }
  return parts
}
