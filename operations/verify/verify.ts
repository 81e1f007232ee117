import type { Dependencies } from '../dependencies.ts'
import type { PartitionOffsets } from '../../log/event-log.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import type { Selection } from '../../consumers/selection.ts'
import { commitsBeyondEnd } from './commits.ts'
import type { Difference, FirstDifference } from './difference.ts'
import { findFirst } from './find-first.ts'
import { foldTables } from './fold-tables.ts'
import { foldTopics } from './fold-topics.ts'
import { differingRollUps } from './roll-ups.ts'
import { alteredRows } from './stored-content.ts'
import { strayRows } from './stray-rows.ts'
import { compareTotals, type TenantTotals, type TotalsDifferences } from './tenant-totals.ts'
import { topicChunks, type TopicGroup } from './topic-chunks.ts'
import { differingViews } from './views.ts'

export interface Verification {
  /** Events that the log holds, each counted once. */
  readonly events: number
  readonly differences: readonly Difference[]
}

export interface VerifyParts extends Pick<Dependencies, 'log' | 'topics' | 'decoders' | 'store'> {
  readonly generation: Generation
  /** Consumer group of the generation's projectors; without it, commits are not looked at. */
  readonly group?: string
  /** What of the log the tables are to hold, where that is not everything. */
  readonly selection?: Selection
}

export interface VerifyOptions {
  /**
   * Topics under which the tables may hold rows that the log does not: those of the given partitions by default. `all` finds
   * rows of topics that do not exist too.
   */
  readonly among?: readonly string[] | 'all'
  /** Rows from before the log begins, which it cannot speak about, are no differences. Default: they are. */
  readonly leavesLostBeginnings?: boolean
}

/**
 * Proves that the tables equal the log up to `endOfLog`, of all topics or some: adds the log up by itself, some tenants at
 * a time, compares with the tables, and names the first event that differs; then compares what the read model keeps beside
 * the rows, roll-ups and views, with the rows. `endOfLog` must be projected before. `docs/verify.md` says what that proves.
 */
export async function verify(
  parts: VerifyParts,
  endOfLog: readonly PartitionOffsets[],
  { among, leavesLostBeginnings = false }: VerifyOptions = {},
): Promise<Verification> {
  const { log, topics, store, generation, group } = parts
  const names = [...new Set(endOfLog.map(({ topic }) => topic))]
  const searched = among ?? names
  let events = 0
  const differences: Difference[] = []
  for (const chunk of topicChunks(endOfLog)) {
    const verified = await verifyTopics(parts, chunk)
    events += verified.events
    differences.push(...verified.differences)
  }
  differences.push(...(await strayRows(parts, searched, leavesLostBeginnings ? 'beyond' : 'all')))
  if (group !== undefined) differences.push(...(await commitsBeyondEnd(log, group, names)))
  differences.push(...(await differingRollUps(store, generation, topics, searched)))
  differences.push(...(await differingViews(store, generation, endOfLog)))
  return { events, differences }
}

async function verifyTopics(parts: VerifyParts, chunk: TopicGroup): Promise<Verification> {
  const { store, generation } = parts
  const all = [...chunk.values()].flat()
  const log = await foldTopics(parts, chunk)
  const tables = await foldTables(store, generation, all)
  const altered = await alteredRows(store, generation, all)
  let events = 0
  const differences: Difference[] = []
  for (const [topic, sums] of log) {
    const totals = sums.totals()
    events += eventsOf(totals)
    differences.push(
      ...sums.unread(),
      ...(await totalsDifferences(parts, chunk.get(topic)!, compareTotals(topic, totals, tables.get(topic)!))),
      ...altered.filter((each) => each.topic === topic),
    )
  }
  return { events, differences }
}

async function totalsDifferences(
  parts: VerifyParts,
  partitions: readonly PartitionOffsets[],
  found: TotalsDifferences,
): Promise<Difference[]> {
  const wanted = {
    events: found.events.length + found.suspicions.length > 0,
    deadLetters: found.deadLetters.length > 0,
  }
  if (!wanted.events && !wanted.deadLetters) return []
  const first = await findFirst(parts, partitions, wanted)
  return [
    ...found.events.map((each) => begunBy(each, first.events)),
    // Without a fault, an event that the log has several times is stored at another of its places.
    ...(first.events === null ? [] : found.suspicions.map((each) => begunBy(each, first.events))),
    // Without a fault, a dead letter reads as an event today, since its schema came later.
    ...(first.deadLetters === null ? [] : found.deadLetters.map((each) => begunBy(each, first.deadLetters))),
  ]
}

function begunBy(difference: Difference, first: FirstDifference | null): Difference {
  return first === null ? difference : { ...difference, first }
}

function eventsOf({ kinds }: TenantTotals): number {
  return Array.from(kinds.values(), ({ events }) => events).reduce((sum, events) => sum + events, 0)
}
