import type { PartitionOffsets } from '../../log/event-log.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { rowDate, rowDeadLetterTerm, rowMeasures, rowPlaceTerm } from './event-measures.ts'
import { withinPartitions } from './table-bounds.ts'
import type { DayTotals, DeadLetterTotals, KindTotals, TenantTotals } from './tenant-totals.ts'

/** Adds up what the tables hold of topics, within the given offsets: each table once for all of them. */
export async function foldTables(
  store: ReadModelStore,
  generation: Generation,
  partitions: readonly PartitionOffsets[],
): Promise<ReadonlyMap<string, TenantTotals>> {
  const { condition, params } = withinPartitions(partitions)
  const events = store.table(generation.eventsTable)
  const exactSum = (measure: string): string => `sum(toUInt256(${measure}))`
  const kinds = await store.query<KindRow>({
    sql: `SELECT topic, toString(kind) AS name, count() AS events, ${exactSum(rowMeasures.tokens)} AS token_sum,
        ${exactSum(rowMeasures.cost)} AS cost, ${exactSum(rowMeasures.latency)} AS latency
      FROM ${events} WHERE ${condition} GROUP BY topic, name`,
    params,
  })
  const days = await store.query<DayRow>({
    sql: `SELECT topic, ${rowDate} AS day, count() AS events, sumWithOverflow(${rowMeasures.low}) AS low,
        sumWithOverflow(${rowMeasures.high}) AS high, sumWithOverflow(${rowPlaceTerm}) AS places
      FROM ${events} WHERE ${condition} GROUP BY topic, day`,
    params,
  })
  const deadLetters = await store.query<DeadLetterRow>({
    sql: `SELECT topic, count() AS records, sumWithOverflow(${rowDeadLetterTerm}) AS content
      FROM ${store.table(generation.deadLettersTable)} WHERE ${condition} GROUP BY topic`,
    params,
  })
  const totals = new Map(partitions.map(({ topic }) => [topic, new TableTotals()] as const))
  for (const row of kinds) totals.get(row.topic)?.addKind(row)
  for (const row of days) totals.get(row.topic)?.addDay(row)
  for (const row of deadLetters) totals.get(row.topic)?.setDeadLetters(row)
  return totals
}

interface KindRow {
  readonly topic: string
  readonly name: string
  readonly events: string
  readonly token_sum: string
  readonly cost: string
  readonly latency: string
}

interface DayRow {
  readonly topic: string
  readonly day: string
  readonly events: string
  readonly low: string
  readonly high: string
  readonly places: string
}

interface DeadLetterRow {
  readonly topic: string
  readonly records: string
  readonly content: string
}

class TableTotals implements TenantTotals {
  readonly kinds = new Map<string, KindTotals>()
  readonly days = new Map<string, DayTotals>()
  deadLetters: DeadLetterTotals = { records: 0, content: '0' }

  addKind({ name, events, token_sum: tokens, cost, latency }: KindRow): void {
    this.kinds.set(name, {
      events: Number(events),
      tokens: BigInt(tokens),
      cost: BigInt(cost),
      latency: BigInt(latency),
    })
  }

  addDay({ day, events, low, high, places }: DayRow): void {
    this.days.set(day, { events: Number(events), digest: `${low}:${high}`, places })
  }

  setDeadLetters({ records, content }: DeadLetterRow): void {
    this.deadLetters = { records: Number(records), content }
  }
}
