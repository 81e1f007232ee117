import type { Dependencies } from '../dependencies.ts'
import type { PartitionOffsets } from '../../log/event-log.ts'
import type { LoggedEvent } from '../../projections/events/event-row.ts'
import type { Selection } from '../../consumers/selection.ts'
import { readRecord } from '../../consumers/read-record.ts'
import type { Difference } from './difference.ts'
import { DigestSet } from './digest-set.ts'
import {
  dateOfDay,
  dayNumber,
  deadLetterTerm,
  measuresOf,
  placeTerm,
  UNDATED,
  type EventMeasures,
} from './event-measures.ts'
import { OffsetCoverage } from './offset-coverage.ts'
import type { DayTotals, KindTotals, TenantTotals } from './tenant-totals.ts'

export interface TopicFold {
  readonly totals: TenantTotals
  /** Offsets that the log says it holds and did not deliver, or not once. */
  readonly unread: readonly Difference[]
}

export interface FoldParts extends Pick<Dependencies, 'log' | 'topics' | 'decoders'> {
  /** What to add up. Default: everything. */
  readonly selection?: Selection
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

interface DaySums {
  events: number
  low: bigint
  high: bigint
  places: bigint
}

/** Adds up one tenant's topic from the log alone, up to the given offsets, each event once. */
export async function foldTopic(
  { log, topics, decoders, selection }: FoldParts,
  partitions: readonly PartitionOffsets[],
): Promise<TopicFold> {
  const seen = new DigestSet()
  const coverage = new OffsetCoverage(partitions)
  const kinds = new Map<string, Mutable<KindTotals>>()
  const days = new Map<number | typeof UNDATED, DaySums>()
  const deadLetters = { records: 0, content: 0n }

  const ranges = partitions.map(({ topic, partition, earliest, next }) => ({
    topic,
    partition,
    from: earliest,
    to: next,
  }))
  for await (const batch of log.read(ranges)) {
    coverage.add(batch)
    const found = await decoders.findFor(batch.records)
    for (const record of batch.records) {
      const read = readRecord(record, found, topics)
      if (read.kind === 'bad') {
        if (selection?.takesDeadLetter(read) === false) continue
        deadLetters.records++
        deadLetters.content += deadLetterTerm(record)
        continue
      }
      if (selection?.takesEvent(read.event) === false) continue
      const measures = measuresOf(read.event)
      if (!seen.add(measures.low, measures.high)) continue
      addToKind(kinds, measures)
      addToDay(days, read.event, measures)
    }
  }
  const dayTotals = Array.from(days, ([day, sums]) => [day === UNDATED ? day : dateOfDay(day), totalsOf(sums)] as const)
  const { records, content } = deadLetters
  return {
    totals: { kinds, days: new Map(dayTotals), deadLetters: { records, content: modulo(content) } },
    unread: coverage.differences(),
  }
}

function addToKind(kinds: Map<string, Mutable<KindTotals>>, { kind, tokens, cost, latency }: EventMeasures): void {
  let totals = kinds.get(kind)
  if (totals === undefined) kinds.set(kind, (totals = { events: 0, tokens: 0n, cost: 0n, latency: 0n }))
  totals.events++
  totals.tokens += tokens
  totals.cost += cost
  totals.latency += latency
}

function addToDay(
  days: Map<number | typeof UNDATED, DaySums>,
  { instantSource, partition, offset }: LoggedEvent,
  measures: EventMeasures,
): void {
  const day = instantSource === 'log' ? UNDATED : dayNumber(measures.instant)
  let sums = days.get(day)
  if (sums === undefined) days.set(day, (sums = { events: 0, low: 0n, high: 0n, places: 0n }))
  sums.events++
  sums.low += measures.low
  sums.high += measures.high
  sums.places += placeTerm(measures, partition, offset)
}

function totalsOf({ events, low, high, places }: DaySums): DayTotals {
  return { events, digest: `${modulo(low)}:${modulo(high)}`, places: modulo(places) }
}

function modulo(sum: bigint): string {
  return BigInt.asUintN(64, sum).toString()
}
