import { partitionText, type Position } from '../base/position.ts'
import { NEVER, pause } from '../base/waiting.ts'
import { ExperienceError } from '../base/experience-error.ts'
import type { NativeBlock } from './native/block-builder.ts'
import type { ReadModelStore } from './read-model-store.ts'

/** A condition on rows, with its parameters, that the primary key of their table can use. */
export interface Near {
  readonly condition: string
  readonly params: Readonly<Record<string, unknown>>
}

/** Where the log holds what a row is made of. */

/** Rows of one range of the log, for one table, of which it has none yet. */
export interface RangeRows {
  readonly table: string
  readonly block: NativeBlock
  /** Where the log holds what the first row is made of, and up to which offset of the partition the others are. */
  readonly first: Position
  readonly lastOffset: bigint
  /** Names the range: what the table has taken under it before is dropped. */
  readonly token: string
  /** What the rows' places in the table have in common, so that the primary key prunes a look for them. */
  readonly near: Near
  /** Whether the range may have been inserted before, by whomever. */
  readonly isRepeated: boolean
}

/** Each lost token has cost a crash or a full disk in the middle of an insert. */
const MOST_TOKENS = 20
const LOOK_AGAIN_MS = 1000

/**
 * Inserts the rows of a range exactly once. ClickHouse notes a token down before it makes the part visible: where it dies in
 * between, the token is taken and the rows are not there (MergeTreeSink: `deduplication_log->addPart` comes before
 * `renameTempPartAndAdd`). So a repeated range is looked for after its insert, and where it is missing goes in under
 * the next token of a fixed series. Whoever repeats it tries the same series; late inserts under a token that is taken are
 * dropped, with or without rows. Errors: `Unavailable`, `StorageError`.
 */
export async function insertRange(store: ReadModelStore, rows: RangeRows): Promise<void> {
  const { first } = rows
  for (let lost = 0; lost < MOST_TOKENS; lost++) {
    const deduplicationToken = lost === 0 ? rows.token : `${rows.token}:${lost}`
    await store.insert({ ...rows.block, table: rows.table, deduplicationToken })
    if (!rows.isRepeated || (await isStored(store, rows))) return
    // Another's insert under this token may be about to show its part, which takes it milliseconds.
    await pause(LOOK_AGAIN_MS, NEVER)
    if (await isStored(store, rows)) return
  }
  const message = `ClickHouse took the rows of ${partitionText(first)} ${MOST_TOKENS} times and does not show them`
  throw new ExperienceError('StorageError', message, { retryable: true })
}

/** One insert is one part: where one of its rows is, all were. Single ones may have been deleted since, as later copies. */
async function isStored(store: ReadModelStore, { table: name, near, first, lastOffset }: RangeRows): Promise<boolean> {
  const [found] = await store.query<{ rows: string }>({
    sql: `SELECT count() AS rows FROM ${store.table(name)} WHERE ${near.condition}
      AND topic = {topic:String} AND partition = {partition:Int32} AND offset >= {first:Int64} AND offset <= {last:Int64}`,
    params: {
      ...near.params,
      topic: first.topic,
      partition: first.partition,
      first: first.offset.toString(),
      last: lastOffset.toString(),
    },
  })
  return found !== undefined && found.rows !== '0'
}
