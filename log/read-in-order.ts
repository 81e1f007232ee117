import { partitionText } from '../base/position.ts'
import type { EventLog, ReadRange } from './event-log.ts'
import type { RecordBatch } from './record.ts'

/** Records that are held until it is their turn: even of the largest there are some hundred MB. */
const HELD_RECORDS = 250n

/**
 * Reads ranges of different partitions one after the other, as `EventLog.read` does each. Each reading begins with several requests, so
 * that short ranges are read together: thousands of tenants have a few records each. Ends when every range is read; of one that the log
 * gives only in part, the rest is left out.
 */
export async function* readInOrder(log: EventLog, ranges: readonly ReadRange[]): AsyncGenerator<RecordBatch> {
  for (const group of groups(ranges)) {
    if (group.length === 1) yield* log.read(group)
    else {
      const read = new Map<string, RecordBatch[]>()
      for (const each of group) read.set(partitionText(each), [])
      for await (const batch of log.read(group)) read.get(partitionText(batch))?.push(batch)
      for (const batches of read.values()) yield* batches
    }
  }
}

/** Ranges that follow each other and hold few records together. */
function* groups(ranges: readonly ReadRange[]): Generator<ReadRange[]> {
  let group: ReadRange[] = []
  let held = 0n
  for (const range of ranges) {
    const records = range.to - range.from
    if (records <= 0n) continue
    if (group.length > 0 && held + records > HELD_RECORDS) {
      yield group
      group = []
      held = 0n
    }
    group.push(range)
    held += records
  }
  if (group.length > 0) yield group
}
