/** What the events of one tenant's topic add up to, each event counted once. Sums wrap nowhere: they are exact. */
export interface TenantTotals {
  readonly kinds: ReadonlyMap<string, KindTotals>
  /** Per day (UTC) of the events' instants. */
  readonly days: ReadonlyMap<string, DayTotals>
  /** Records that are no events. */
  readonly deadLetters: number
}

export interface KindTotals {
  readonly events: number
  readonly tokens: bigint
  /** µ$ */
  readonly cost: bigint
}

export interface DayTotals {
  readonly events: number
  /** Sums of the digests' halves, modulo 2⁶⁴: equal for equal sets of events, whatever their order. */
  readonly digest: string
}

/** One measure in which the log and the tables differ. */
export interface Difference {
  readonly topic: string
  /** What differs, such as `events of kind OutcomeRecorded` or `content of 2026-04-23`. */
  readonly measure: string
  readonly log: string
  readonly tables: string
}

/** Compares what the log says with what the tables say. */
export function compareTotals(topic: string, log: TenantTotals, tables: TenantTotals): Difference[] {
  return [...measures(log, tables)]
    .filter(([, expected, actual]) => expected !== actual)
    .map(([measure, expected, actual]) => ({ topic, measure, log: expected, tables: actual }))
}

function* measures(log: TenantTotals, tables: TenantTotals): Generator<[measure: string, log: string, tables: string]> {
  for (const kind of new Set([...log.kinds.keys(), ...tables.kinds.keys()])) {
    const expected = log.kinds.get(kind) ?? NO_KIND
    const actual = tables.kinds.get(kind) ?? NO_KIND
    yield [`events of kind ${kind}`, String(expected.events), String(actual.events)]
    yield [`tokens of kind ${kind}`, String(expected.tokens), String(actual.tokens)]
    yield [`cost in µ$ of kind ${kind}`, String(expected.cost), String(actual.cost)]
  }
  for (const day of new Set([...log.days.keys(), ...tables.days.keys()])) {
    const expected = log.days.get(day) ?? NO_DAY
    const actual = tables.days.get(day) ?? NO_DAY
    yield [`events of ${day}`, String(expected.events), String(actual.events)]
    yield [`content of ${day}`, expected.digest, actual.digest]
  }
  yield ['dead letters', String(log.deadLetters), String(tables.deadLetters)]
}

const NO_KIND: KindTotals = { events: 0, tokens: 0n, cost: 0n }
const NO_DAY: DayTotals = { events: 0, digest: '0:0' }
