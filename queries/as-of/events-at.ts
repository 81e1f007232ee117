import type { Offset, TopicPartition } from '../../base/position.ts'
import type { QueryContext } from '../query-context.ts'

/** Offsets `[first, next)` of a partition of the log. */
export interface LogRange extends TopicPartition {
  readonly first: Offset
  readonly next: Offset
}

/** How many events the read model holds from the given ranges of the log; dead letters are none. */
export async function countEventsAt({ store }: QueryContext, ranges: readonly LogRange[]): Promise<bigint> {
  let events = 0n
  for (const { topic, partition, first, next } of ranges) {
    const rows = await store.query<{ events: string }>({
      sql: `SELECT count() AS events FROM ${store.table('events')}
        WHERE topic = {topic:String} AND partition = {partition:Int32}
          AND offset >= {first:Int64} AND offset < {next:Int64}`,
      params: { topic, partition, first: first.toString(), next: next.toString() },
    })
    events += BigInt(rows[0]?.events ?? 0)
  }
  return events
}
