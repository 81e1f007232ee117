import { insertRange } from '../../projections/insert-range.ts'
import type { NativeBlock } from '../../projections/native/block-builder.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import type { BadRecord } from '../read-record.ts'

export interface DeadLettersOfRange {
  readonly bad: readonly BadRecord[]
  /** The rows of all of them. */
  readonly block: NativeBlock
  /** Names the insert. */
  readonly token: string
  /** See `RangeOptions`. */
  readonly isRepeated: boolean
}

/** Inserts the dead letters of a range, if there are any. Errors: `Unavailable`, `StorageError`. */
export async function insertDeadLetters(
  store: ReadModelStore,
  table: string,
  { bad, block, token, isRepeated }: DeadLettersOfRange,
): Promise<void> {
  const first = bad[0]?.record
  if (first === undefined) return
  const { topic, partition, offset, timestamp } = first
  const missing = async (): Promise<NativeBlock | null> => {
    // With its time, since a topic that was made anew has records at the places of the old one.
    const found = await store.query({
      sql: `SELECT 1 FROM ${store.table(table)} WHERE topic = {topic:String} AND partition = {partition:Int32}
        AND offset = {offset:Int64} AND toUnixTimestamp64Milli(logged_at) = {at:Int64} LIMIT 1`,
      params: { topic, partition, offset, at: BigInt.asIntN(64, BigInt(Math.trunc(timestamp))) },
    })
    return found.length > 0 ? null : block
  }
  await insertRange(store, { table, block, first, token, isRepeated, missing })
}
