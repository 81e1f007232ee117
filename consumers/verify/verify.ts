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
 * `endOfLog` must be projected before. Rows of places that the log does not have are a difference too.
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
  return { events, differences: [...differences, ...(await strayRows(parts))] }
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

/**
 * Rows of places that the log does not hold. The tables are asked first: what they got from the log meanwhile is in the log
 * when that is asked.
 */
async function strayRows({ log, topics, store, generation }: VerifyParts): Promise<Difference[]> {
  const events = table(store, generation.eventsTable)
  const held = await store.query<{ topic: string; partition: number; latest: string }>({
    sql: `SELECT topic, partition, max(offset) AS latest FROM ${events} GROUP BY topic, partition ORDER BY topic, partition`,
  })
  const ours = held.map(({ topic }) => topic).filter((topic) => topic.startsWith(topics.topicPrefix('events')))
  const ends = new Map<string, bigint>()
  for (const { topic, partition, next } of await log.offsets([...new Set(ours)])) {
    ends.set(`${topic}/${partition}`, next)
  }
  const differences: Difference[] = []
  for (const { topic, partition, latest } of held) {
    const next = ends.get(`${topic}/${partition}`) ?? 0n
    if (BigInt(latest) < next) continue
    const [row] = await store.query<{ events: string }>({
      sql: `SELECT count() AS events FROM ${events}
        WHERE topic = {topic:String} AND partition = {partition:Int32} AND offset >= {next:Int64}`,
      params: { topic, partition, next: next.toString() },
    })
    const measure = `events of partition ${partition} that the log lacks`
    differences.push({ topic, measure, log: '0', tables: row?.events ?? '0' })
  }
  return differences
}
