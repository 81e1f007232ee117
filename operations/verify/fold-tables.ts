import type { PartitionOffsets } from '../../log/event-log.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { rowDate, rowDeadLetterTerm, rowMeasures, rowPlaceTerm } from './event-measures.ts'
import { withinPartitions } from './table-bounds.ts'
import type { TenantTotals } from './tenant-totals.ts'

/** Adds up what the tables hold of one tenant's topic, within the given offsets. */
export async function foldTables(
  store: ReadModelStore,
  generation: Generation,
  partitions: readonly PartitionOffsets[],
): Promise<TenantTotals> {
  const { condition, params } = withinPartitions(partitions)
  const events = store.table(generation.eventsTable)
  const exactSum = (measure: string): string => `sum(toUInt256(${measure}))`
  const kinds = await store.query<{ name: string; events: string; token_sum: string; cost: string; latency: string }>({
    sql: `SELECT toString(kind) AS name, count() AS events, ${exactSum(rowMeasures.tokens)} AS token_sum,
        ${exactSum(rowMeasures.cost)} AS cost, ${exactSum(rowMeasures.latency)} AS latency
      FROM ${events} WHERE ${condition} GROUP BY name`,
    params,
  })
  const days = await store.query<{ day: string; events: string; low: string; high: string; places: string }>({
    sql: `SELECT ${rowDate} AS day, count() AS events, sumWithOverflow(${rowMeasures.low}) AS low,
        sumWithOverflow(${rowMeasures.high}) AS high, sumWithOverflow(${rowPlaceTerm}) AS places
      FROM ${events} WHERE ${condition} GROUP BY day`,
    params,
  })
  const [deadLetters] = await store.query<{ records: string; content: string }>({
    sql: `SELECT count() AS records, sumWithOverflow(${rowDeadLetterTerm}) AS content
      FROM ${store.table(generation.deadLettersTable)} WHERE ${condition}`,
    params,
  })
  return {
    kinds: new Map(
      kinds.map(({ name, ...sums }) => [
        name,
        {
          events: Number(sums.events),
          tokens: BigInt(sums.token_sum),
          cost: BigInt(sums.cost),
          latency: BigInt(sums.latency),
        },
      ]),
    ),
    days: new Map(
      days.map(({ day, events: count, low, high, places }) => [
        day,
        { events: Number(count), digest: `${low}:${high}`, places },
      ]),
    ),
    deadLetters: { records: Number(deadLetters?.records ?? 0), content: deadLetters?.content ?? '0' },
  }
}
