import type { Difference } from './difference.ts'

/** What the events of one tenant's topic add up to, each event counted once. Sums wrap nowhere: they are exact. */
export interface TenantTotals {
  readonly kinds: ReadonlyMap<string, KindTotals>
  /** Per day (UTC) of the events' instants; events whose time cannot be read count under `undated`. */
  readonly days: ReadonlyMap<string, DayTotals>
  readonly deadLetters: DeadLetterTotals
}

export interface KindTotals {
  readonly events: number
  readonly tokens: bigint
  /** µ$ */
  readonly cost: bigint
  /** ms */
  readonly latency: bigint
}

export interface DayTotals {
  readonly events: number
  /** Sums of the digests' halves, modulo 2⁶⁴: equal for equal sets of events, whatever their order. */
  readonly digest: string
  /**
   * Sum over the events' digests, places and instants. Of an event that the log has several times the first counts, while the
   * table may rightly hold another: where this alone differs, it is a suspicion and no proof.
   */
  readonly places: string
}

/** Records that are no events. */
export interface DeadLetterTotals {
  readonly records: number
  /** Sum over the records' places and bytes. */
  readonly content: string
}

/** What differs, told by what finds the first event that does. */
export interface TotalsDifferences {
  readonly events: readonly Difference[]
  /** Where nothing else of a day differs: see `DayTotals.places`. */
  readonly suspicions: readonly Difference[]
  readonly deadLetters: readonly Difference[]
}

/** Compares what the log says with what the tables say. */
export function compareTotals(topic: string, log: TenantTotals, tables: TenantTotals): TotalsDifferences {
  const differing = (measures: Iterable<Measure>): Difference[] =>
    Array.from(measures)
      .filter(([, expected, actual]) => expected !== actual)
      .map(([measure, expected, actual]) => ({ topic, measure, log: expected, tables: actual }))
  return {
    events: differing(eventMeasures(log, tables)),
    suspicions: differing(placeMeasures(log, tables)),
    deadLetters: differing(deadLetterMeasures(log.deadLetters, tables.deadLetters)),
  }
}

type Measure = readonly [measure: string, log: string, tables: string]

function* eventMeasures(log: TenantTotals, tables: TenantTotals): Generator<Measure> {
  for (const kind of new Set([...log.kinds.keys(), ...tables.kinds.keys()])) {
    const expected = log.kinds.get(kind) ?? NO_KIND
    const actual = tables.kinds.get(kind) ?? NO_KIND
    yield [`events of kind ${kind}`, String(expected.events), String(actual.events)]
    yield [`tokens of kind ${kind}`, String(expected.tokens), String(actual.tokens)]
    yield [`cost in µ$ of kind ${kind}`, String(expected.cost), String(actual.cost)]
    yield [`latency in ms of kind ${kind}`, String(expected.latency), String(actual.latency)]
  }
  for (const [day, expected, actual] of daysOf(log, tables)) {
    yield [`events of ${day}`, String(expected.events), String(actual.events)]
    yield [`content of ${day}`, expected.digest, actual.digest]
  }
}

function* placeMeasures(log: TenantTotals, tables: TenantTotals): Generator<Measure> {
  for (const [day, expected, actual] of daysOf(log, tables)) {
    // Other events have other places: that would say nothing new.
    if (expected.digest === actual.digest && expected.events === actual.events)
      yield [`places and times of ${day}`, expected.places, actual.places]
  }
}

function* deadLetterMeasures(log: DeadLetterTotals, tables: DeadLetterTotals): Generator<Measure> {
  yield ['dead letters', String(log.records), String(tables.records)]
  if (log.records === tables.records) yield ['content of dead letters', log.content, tables.content]
}

function* daysOf(
  log: TenantTotals,
  tables: TenantTotals,
): Generator<readonly [day: string, log: DayTotals, tables: DayTotals]> {
  for (const day of new Set([...log.days.keys(), ...tables.days.keys()])) {
    yield [day, log.days.get(day) ?? NO_DAY, tables.days.get(day) ?? NO_DAY]
  }
}

const NO_KIND: KindTotals = { events: 0, tokens: 0n, cost: 0n, latency: 0n }
const NO_DAY: DayTotals = { events: 0, digest: '0:0', places: '0' }
