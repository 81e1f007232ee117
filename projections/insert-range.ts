import { partitionText, type Position } from '../base/position.ts'
import { NEVER, pause } from '../base/waiting.ts'
import { ExperienceError } from '../base/experience-error.ts'
import type { NativeBlock } from './native/block-builder.ts'
import type { ReadModelStore } from './read-model-store.ts'

/** Rows of one range of the log, for one table, of which it has none yet. */
export interface RangeRows {
  readonly table: string
  readonly block: NativeBlock
  /** Where the log holds what the first row is made of. */
  readonly first: Position
  /** Names the insert: what the table has taken under it before is dropped. */
  readonly token: string
  /** Whether the range may have been inserted before, by whomever, under this token. */
  readonly isRepeated: boolean
  /** Looks in the table, and answers with those of the rows that it lacks; null where it has all. */
  readonly missing: () => Promise<NativeBlock | null>
}

/** Each lost token has cost a crash or a full disk in the middle of an insert. */
const MOST_TOKENS = 20
const LOOK_AGAIN_MS = 1000

/**
 * Inserts the rows of a range exactly once, and looks whether they are there: that an insert was answered does not say so. ClickHouse notes
 * a token down before it makes the part visible: where it dies in between, the token is taken and the rows are not there
 * (MergeTreeSink: `deduplication_log->addPart` comes before `renameTempPartAndAdd`). So rows of a repeated range that are missing
 * go in under the next token of a fixed series. Whoever repeats the range tries the same series; late inserts under a token
 * that is taken are dropped, with or without rows. Errors: `Unavailable`, `StorageError` (repeat the range).
 */
export async function insertRange(store: ReadModelStore, rows: RangeRows): Promise<void> {
  const { table, token, isRepeated, missing } = rows
  let { block } = rows
  for (let lost = 0; lost < MOST_TOKENS; lost++) {
    await store.insert({ ...block, table, deduplicationToken: lost === 0 ? token : `${token}:${lost}` })
    if ((await missing()) === null) return
    // Before another insert, whoever repeats the range makes sure that the partition still is its own.
    if (!isRepeated) throw notShown(rows, 'took')
    // Another's insert under this token may be about to show its part, which takes it milliseconds.
    await pause(LOOK_AGAIN_MS, NEVER)
    const left = await missing()
    if (left === null) return
    block = left
  }
  throw notShown(rows, `${MOST_TOKENS} times took`)
}

function notShown({ first, table, block }: RangeRows, took: string): ExperienceError {
  const message = `ClickHouse ${took} ${block.rows} rows of ${partitionText(first)} from offset ${first.offset} on, and the table ${table} lacks them`
  return new ExperienceError('StorageError', message, { retryable: true })
}
