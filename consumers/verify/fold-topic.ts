import type { EventLog, PartitionOffsets } from '../../log/event-log.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import { eventRow } from '../../projections/events/event-row.ts'
import type { EnvelopeDecoders } from '../envelope-decoders.ts'
import { readRecord } from '../read-record.ts'
import { DigestSet } from './digest-set.ts'
import type { DayTotals, KindTotals, TenantTotals } from './tenant-totals.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

interface DaySums {
  events: number
  low: bigint
  high: bigint
}

/** Adds up one tenant's topic from the log alone, up to the given offsets, each event once. */
export async function foldTopic(
  log: EventLog,
  topics: TenantTopics,
  decoders: EnvelopeDecoders,
  partitions: readonly PartitionOffsets[],
): Promise<TenantTotals> {
  const seen = new DigestSet()
  const kinds = new Map<string, Mutable<KindTotals>>()
  const days = new Map<string, DaySums>()
  let deadLetters = 0

  const ranges = partitions.map(({ topic, partition, earliest, next }) => ({
    topic,
    partition,
    from: earliest,
    to: next,
  }))
  for await (const batch of log.read(ranges)) {
    for (const record of batch.records) {
      const read = await readRecord(record, decoders, topics)
      if (read.kind === 'bad') {
        deadLetters++
        continue
      }
      const { low, high } = halves(read.event.digest)
      if (!seen.add(low, high)) continue
      addToKind(kinds, read.event.envelope.event)
      addToDay(days, eventRow(read.event).instant, low, high)
    }
  }
  return { kinds, days: new Map(Array.from(days, ([day, sums]) => [day, dayTotals(sums)])), deadLetters }
}

function halves(digest: Uint8Array): { low: bigint; high: bigint } {
  const view = new DataView(digest.buffer, digest.byteOffset)
  return { low: view.getBigUint64(0, true), high: view.getBigUint64(8, true) }
}

function addToKind(
  kinds: Map<string, Mutable<KindTotals>>,
  event: { readonly type: string; readonly data: object },
): void {
  let totals = kinds.get(event.type)
  if (totals === undefined) kinds.set(event.type, (totals = { events: 0, tokens: 0n, cost: 0n }))
  totals.events++
  const { tokens, cost_microdollars } = event.data as { tokens?: bigint | null; cost_microdollars?: bigint | null }
  totals.tokens += tokens ?? 0n
  totals.cost += cost_microdollars ?? 0n
}

const NS_PER_DAY = 86_400_000_000_000n

function addToDay(days: Map<string, DaySums>, instant: bigint, low: bigint, high: bigint): void {
  const sinceMidnight = ((instant % NS_PER_DAY) + NS_PER_DAY) % NS_PER_DAY
  const midnight = Number((instant - sinceMidnight) / 1_000_000n)
  const day = new Date(midnight).toISOString().slice(0, 10)
  let sums = days.get(day)
  if (sums === undefined) days.set(day, (sums = { events: 0, low: 0n, high: 0n }))
  sums.events++
  sums.low += low
  sums.high += high
}

function dayTotals({ events, low, high }: DaySums): DayTotals {
  return { events, digest: `${BigInt.asUintN(64, low)}:${BigInt.asUintN(64, high)}` }
}
