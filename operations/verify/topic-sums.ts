import type { PartitionOffsets } from '../../log/event-log.ts'
import type { RecordBatch, StoredRecord } from '../../log/record.ts'
import type { LoggedEvent } from '../../projections/events/event-row.ts'
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

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

interface DaySums {
  events: number
  low: bigint
  high: bigint
  places: bigint
}

/** Adds up what is read of one tenant's topic, each event once. */
export class TopicSums {
  readonly #seen = new DigestSet()
  readonly #coverage: OffsetCoverage
  readonly #kinds = new Map<string, Mutable<KindTotals>>()
  readonly #days = new Map<number | typeof UNDATED, DaySums>()
  readonly #deadLetters = { records: 0, content: 0n }

  constructor(partitions: readonly PartitionOffsets[]) {
    this.#coverage = new OffsetCoverage(partitions)
  }

  /** Notes which offsets a batch covers. What its records are is told apart. */
  addRange(batch: RecordBatch): void {
    this.#coverage.add(batch)
  }

  addEvent(event: LoggedEvent): void {
    const measures = measuresOf(event)
    if (!this.#seen.add(measures.low, measures.high)) return
    this.#addToKind(measures)
    this.#addToDay(event, measures)
  }

  addDeadLetter(record: StoredRecord): void {
    this.#deadLetters.records++
    this.#deadLetters.content += deadLetterTerm(record)
  }

  totals(): TenantTotals {
    const days = Array.from(
      this.#days,
      ([day, sums]) => [day === UNDATED ? day : dateOfDay(day), totalsOf(sums)] as const,
    )
    const { records, content } = this.#deadLetters
    return { kinds: this.#kinds, days: new Map(days), deadLetters: { records, content: modulo(content) } }
  }

  /** Offsets that the log says it holds and did not deliver, or not once. */
  unread(): Difference[] {
    return this.#coverage.differences()
  }

  #addToKind({ kind, tokens, cost, latency }: EventMeasures): void {
    let totals = this.#kinds.get(kind)
    if (totals === undefined) this.#kinds.set(kind, (totals = { events: 0, tokens: 0n, cost: 0n, latency: 0n }))
    totals.events++
    totals.tokens += tokens
    totals.cost += cost
    totals.latency += latency
  }

  #addToDay({ instantSource, partition, offset }: LoggedEvent, measures: EventMeasures): void {
    const day = instantSource === 'log' ? UNDATED : dayNumber(measures.instant)
    let sums = this.#days.get(day)
    if (sums === undefined) this.#days.set(day, (sums = { events: 0, low: 0n, high: 0n, places: 0n }))
    sums.events++
    sums.low += measures.low
    sums.high += measures.high
    sums.places += placeTerm(measures, partition, offset)
  }
}

function totalsOf({ events, low, high, places }: DaySums): DayTotals {
  return { events, digest: `${modulo(low)}:${modulo(high)}`, places: modulo(places) }
}

function modulo(sum: bigint): string {
  return BigInt.asUintN(64, sum).toString()
}
