import type { PartitionOffsets } from '../../log/event-log.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import type { DeadLetterAt, EventAt } from './compare-chunk.ts'
import { DigestSet } from './digest-set.ts'
import { rowDeadLetterTerm, rowMeasures, type EventMeasures } from './event-measures.ts'
import { withinPartitions } from './table-bounds.ts'

/** The rows of a range of offsets, in the order of offsets. */
export async function eventsIn(
  store: ReadModelStore,
  generation: Generation,
  range: PartitionOffsets,
): Promise<EventAt[]> {
  const { condition, params } = withinPartitions([range])
  const rows = await store.query<{ said: readonly string[] }>({
    // As one array each: a column of another name than its own would be taken for that column in WHERE.
    sql: `SELECT [toString(offset), ${measureNames.map((name) => `toString(${rowMeasures[name]})`).join(', ')}] AS said
      FROM ${store.table(generation.eventsTable)} WHERE ${condition} ORDER BY offset`,
    params,
  })
  return rows.map(({ said }) => eventAt(said))
}

const measureNames = ['low', 'high', 'instant', 'eventId', 'kind', 'tokens', 'cost', 'latency', 'numbers'] as const

function eventAt(said: readonly string[]): EventAt {
  const [offset = '0', low = '0', high = '0', instant = '0', eventId = '', kind = '', ...sums] = said
  const [tokens = '0', cost = '0', latency = '0', numbers = '0'] = sums
  return {
    offset: BigInt(offset),
    event: {
      low: BigInt(low),
      high: BigInt(high),
      instant: BigInt(instant),
      eventId,
      kind,
      tokens: BigInt(tokens),
      cost: BigInt(cost),
      latency: BigInt(latency),
      numbers: BigInt(numbers),
    },
  }
}

/** The dead letters of a range of offsets, in the order of offsets. */
export async function deadLettersIn(
  store: ReadModelStore,
  generation: Generation,
  range: PartitionOffsets,
): Promise<DeadLetterAt[]> {
  const { condition, params } = withinPartitions([range])
  const rows = await store.query<{ position: string; content: string }>({
    sql: `SELECT offset AS position, ${rowDeadLetterTerm} AS content
      FROM ${store.table(generation.deadLettersTable)} WHERE ${condition} ORDER BY position`,
    params,
  })
  return rows.map(({ position, content }) => ({ offset: BigInt(position), content: BigInt(content) }))
}

/** Which of the events are stored anywhere within the bounds. */
export async function findStored(
  store: ReadModelStore,
  generation: Generation,
  partitions: readonly PartitionOffsets[],
  events: readonly EventMeasures[],
): Promise<DigestSet> {
  const { condition, params } = withinPartitions(partitions)
  // ClickHouse parses half digests as plain numbers; whole ones are compared by the caller.
  const halves = events.map(({ low }) => low)
  const rows = await store.query<{ low: string; high: string }>({
    sql: `SELECT ${rowMeasures.low} AS low, ${rowMeasures.high} AS high
      FROM ${store.table(generation.eventsTable)} WHERE ${condition} AND ${rowMeasures.low} IN (${halves.join(',')})`,
    params,
  })
  const found = new DigestSet()
  for (const { low, high } of rows) found.add(BigInt(low), BigInt(high))
  return found
}
