import type { Dependencies } from '../dependencies.ts'
import type { PartitionOffsets } from '../../log/event-log.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import type { Selection } from '../../consumers/selection.ts'
import { commitsBeyondEnd } from './commits.ts'
import type { Difference, FirstDifference } from './difference.ts'
import { findFirst } from './find-first.ts'
import { foldTables } from './fold-tables.ts'
import { foldTopic } from './fold-topic.ts'
import { differingRollUps } from './roll-ups.ts'
import { alteredRows } from './stored-content.ts'
import { strayRows } from './stray-rows.ts'
import { compareTotals, type TenantTotals } from './tenant-totals.ts'
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
 * Proves that the tables equal the log up to `endOfLog`, of all topics or some: adds the log up by itself, one tenant after
 * the other, compares with the tables, and names the first event that differs; then compares what the read model keeps beside
 * the rows, roll-ups and views, with the rows. `endOfLog` must be projected before. `docs/verify.md` says what that proves.
 */
export async function verify(
  parts: VerifyParts,
  endOfLog: readonly PartitionOffsets[],
  { among, leavesLostBeginnings = false }: VerifyOptions = {},
): Promise<Verification> {
  const { log, topics, store, generation, group } = parts
  const byTopic = groupByTopic(endOfLog)
  const searched = among ?? [...byTopic.keys()]
  let events = 0
  const differences: Difference[] = []
  for (const [topic, partitions] of byTopic) {
    const verified = await verifyTopic(parts, topic, partitions)
    events += verified.events
    differences.push(...verified.differences)
  }
  differences.push(...(await strayRows(parts, searched, leavesLostBeginnings ? 'beyond' : 'all')))
  if (group !== undefined) differences.push(...(await commitsBeyondEnd(log, group, [...byTopic.keys()])))
  differences.push(...(await differingRollUps(store, generation, topics, searched)))
  differences.push(...(await differingViews(store, generation, endOfLog)))
  return { events, differences }
}

async function verifyTopic(
  parts: VerifyParts,
  topic: string,
  partitions: readonly PartitionOffsets[],
): Promise<Verification> {
  const { store, generation } = parts
  const { totals, unread } = await foldTopic(parts, partitions)
  const tables = await foldTables(store, generation, partitions)
  const found = compareTotals(topic, totals, tables)
  const wanted = {
    events: found.events.length + found.suspicions.length > 0,
    deadLetters: found.deadLetters.length > 0,
  }
  const first =
    wanted.events || wanted.deadLetters
      ? await findFirst(parts, partitions, wanted)
      : { events: null, deadLetters: null }
  return {
    events: eventsOf(totals),
    differences: [
      ...unread,
      ...found.events.map((each) => begunBy(each, first.events)),
      // Without a fault, an event that the log has several times is stored at another of its places.
      ...(first.events === null ? [] : found.suspicions.map((each) => begunBy(each, first.events))),
      // Without a fault, a dead letter reads as an event today, since its schema came later.
      ...(first.deadLetters === null ? [] : found.deadLetters.map((each) => begunBy(each, first.deadLetters))),
      ...(await alteredRows(store, generation, partitions)),
    ],
  }
}

function begunBy(difference: Difference, first: FirstDifference | null): Difference {
  return first === null ? difference : { ...difference, first }
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
