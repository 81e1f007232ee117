import type { EventLog, PartitionOffsets } from '../../log/event-log.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import type { Generation } from '../../projections/generation.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { table } from '../../projections/table-name.ts'
import type { EnvelopeDecoders } from '../envelope-decoders.ts'
import { foldTables } from './fold-tables.ts'
import { foldTopic } from './fold-topic.ts'
import { compareTotals, type Difference, type TenantTotals } from './tenant-totals.ts'

export interface Verification {
  /** Events that the log holds, each counted once. */
  readonly events: number
  readonly differences: readonly Difference[]
}

export interface VerifyParts {
  readonly log: EventLog
  readonly topics: TenantTopics
  readonly decoders: EnvelopeDecoders
  readonly store: ReadModelStore
  readonly generation: Generation
}

/**
 * Proves that the tables equal the log: adds the log up by itself, one tenant after the other, and compares with the tables.
 * `endOfLog` must be projected before. A table that holds rows of a topic that the log does not have is a difference too.
 */
export async function verify(parts: VerifyParts, endOfLog: readonly PartitionOffsets[]): Promise<Verification> {
  const { log, topics, decoders, store, generation } = parts
  const byTopic = groupByTopic(endOfLog)
  let events = 0
  const differences: Difference[] = []
  for (const [topic, partitions] of byTopic) {
    const logTotals = await foldTopic(log, topics, decoders, partitions)
    const tableTotals = await foldTables(store, generation, partitions)
    events += eventsOf(logTotals)
    differences.push(...compareTotals(topic, logTotals, tableTotals))
  }
  return { events, differences: [...differences, ...(await strayRows(parts, [...byTopic.keys()]))] }
}

function eventsOf({ kinds }: TenantTotals): number {
  return Array.from(kinds.values(), ({ events }) => events).reduce((sum, events) => sum + events, 0)
}

function groupByTopic(partitions: readonly PartitionOffsets[]): Map<string, PartitionOffsets[]> {
  const groups = new Map<string, PartitionOffsets[]>()
  for (const partition of partitions) {
    const group = groups.get(partition.topic)
    if (group === undefined) groups.set(partition.topic, [partition])
    else group.push(partition)
  }
  return groups
}

/** Rows of topics that the log does not hold. */
async function strayRows({ store, generation }: VerifyParts, topics: readonly string[]): Promise<Difference[]> {
  const rows = await store.query<{ topic: string; events: string }>({
    sql: `SELECT topic, count() AS events FROM ${table(store, generation.eventsTable)}
      WHERE NOT has({topics:Array(String)}, topic) GROUP BY topic ORDER BY topic`,
    params: { topics },
  })
  return rows.map(({ topic, events }) => ({
    topic,
    measure: 'events of a topic that the log lacks',
    log: '0',
    tables: events,
  }))
}
