import type { PartitionOffsets } from '../../log/event-log.ts'
import type { Generation } from '../../projections/generation.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { table } from '../../projections/table-name.ts'
import type { TenantTotals } from './tenant-totals.ts'

/** Adds up what the tables hold of one tenant's topic, up to the given offsets. */
export async function foldTables(
  store: ReadModelStore,
  generation: Generation,
  partitions: readonly PartitionOffsets[],
): Promise<TenantTotals> {
  const { condition, params } = upTo(partitions)
  const events = table(store, generation.eventsTable)
  const kinds = await store.query<{ kind: string; events: string; token_sum: string; cost: string }>({
    sql: `SELECT kind, count() AS events, sum(toUInt256(ifNull(tokens, 0))) AS token_sum,
        sum(toUInt256(ifNull(cost_microdollars, 0))) AS cost
      FROM ${events} WHERE ${condition} GROUP BY kind`,
    params,
  })
  const days = await store.query<{ day: string; events: string; low: string; high: string }>({
    sql: `SELECT toString(toDate32(instant)) AS day, count() AS events,
        sumWithOverflow(toUInt64(digest)) AS low, sumWithOverflow(toUInt64(bitShiftRight(digest, 64))) AS high
      FROM ${events} WHERE ${condition} GROUP BY day`,
    params,
  })
  const deadLetters = await store.query<{ records: string }>({
    sql: `SELECT count() AS records FROM ${table(store, generation.deadLettersTable)} WHERE ${condition}`,
    params,
  })
  return {
    kinds: new Map(
      kinds.map(({ kind, ...sums }) => [
        kind,
        { events: Number(sums.events), tokens: BigInt(sums.token_sum), cost: BigInt(sums.cost) },
      ]),
    ),
    days: new Map(
      days.map(({ day, ...sums }) => [day, { events: Number(sums.events), digest: `${sums.low}:${sums.high}` }]),
    ),
    deadLetters: Number(deadLetters[0]?.records ?? 0),
  }
}

/** What lies before the end of each partition of one topic. */
function upTo(partitions: readonly PartitionOffsets[]): { condition: string; params: Record<string, unknown> } {
  const params: Record<string, unknown> = { topic: partitions[0]?.topic ?? '' }
  const bounds = partitions.map(({ partition, next }, index) => {
    params[`partition${index}`] = partition
    params[`next${index}`] = next.toString()
    return `(partition = {partition${index}:Int32} AND offset < {next${index}:Int64})`
  })
  return { condition: `topic = {topic:String} AND (${bounds.join(' OR ')})`, params }
}
