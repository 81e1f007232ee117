import type { z } from 'zod'
import { rollUpMeasures } from '../projections/events/roll-up.ts'
import { list, words } from '../schemas/contract/scalars.ts'
import { OUTCOME_BUCKETS, OUTCOME_DIMENSIONS, type OutcomeAnalytics, type OutcomeDimension } from './analytics.ts'
import { Conditions } from './clauses/conditions.ts'
import { analyticsConditions, AnalyticsFilter } from './clauses/filters.ts'
import type { QueryContext } from './query-context.ts'
import { bucketKey } from './clauses/time-buckets.ts'
import { wholeHours, withinHours, type WholeHours } from './clauses/whole-hours.ts'
import { hasWholeHours, TimeZone } from '../schemas/time-zone.ts'

/** A question for what outcomes add up to, by time and by what else is asked for. */
export const OutcomeQuery = AnalyticsFilter.extend({
  bucket: words('OutcomeBucket', OUTCOME_BUCKETS).default('day').describe('Length of time that a row stands for'),
  by: list(words('OutcomeDimension', OUTCOME_DIMENSIONS))
    .readonly()
    .default(OUTCOME_DIMENSIONS)
    .describe('What else a row stands for'),
  time_zone: TimeZone.optional().describe('Zone whose hours, days, weeks and months rows stand for. Default: UTC'),
})
export type OutcomeQuery = Readonly<z.output<typeof OutcomeQuery>>

/** What is grouped by, and how it is shown: texts are made of the groups, not of what they are made of. */
interface Key {
  readonly sql: string
  readonly shown: string
  /** What puts it in order, where its text does not. */
  readonly order?: string
}

// Made of the roll-up's keys and measures, letter for letter, so that ClickHouse answers from it where whole hours are asked for.
// Results bear other names than columns: ClickHouse would take the result for the column, in WHERE too.
const DIMENSION_SQL: Readonly<Record<OutcomeDimension, Key>> = {
  tenant: { sql: 'tenant_id', shown: 'tenant_id' },
  backend: { sql: 'backend', shown: 'backend' },
  step: { sql: 'step', shown: 'step' },
}

const IS_OUTCOME = "kind = 'OutcomeRecorded'"

interface OutcomeRecord {
  readonly bucket?: string
  readonly by_tenant?: string
  readonly by_backend?: string | null
  readonly by_step?: string
  readonly outcomes: string
  readonly passed_outcomes: string
  readonly latencies: readonly (number | null)[]
  readonly token_sum: string | null
  readonly cost: string | null
}

/** Count, pass rate, latency, tokens and cost of outcomes, by time and by what else is asked for. Error: `InvalidQuery`. */
export async function outcomeAnalytics(context: QueryContext, query: OutcomeQuery): Promise<OutcomeAnalytics[]> {
  const records = (await recordsOfHours(context, query)) ?? (await recordsOfEvents(context, query))
  return records.map(analyticsOf)
}

/**
 * The answer from the roll-up; null where it cannot give one, since the range of time has more than whole hours. Without a range
 * the other way is the same: ClickHouse finds the roll-up by itself. With one, all tenants' 10 M events take a quarter of the time.
 */
async function recordsOfHours(context: QueryContext, query: OutcomeQuery): Promise<OutcomeRecord[] | null> {
  if (context.prefix !== null || query.time_range === null) return null
  const hours = wholeHours(query.time_range)
  if (hours === null || !areHoursOf(zoneOf(query), hours)) return null
  const conditions = withinHours(new Conditions().tenant(query.tenant_id), hours)
  // Hardly ever is there an event at the very instant: nobody waits for the look before asking.
  const [records, isMore] = await Promise.all([
    ask(context, query, conditions, 'hours'),
    hasOutcomeAt(context, query, hours),
  ])
  return isMore ? null : records
}

async function recordsOfEvents(context: QueryContext, query: OutcomeQuery): Promise<OutcomeRecord[]> {
  return ask(context, query, await analyticsConditions(context, query), 'events')
}

/** Null for UTC. */
function zoneOf({ bucket, time_zone }: OutcomeQuery): string | null {
  return bucket === 'all' || time_zone === undefined || time_zone === 'UTC' ? null : time_zone
}

/** Whether hours of UTC are hours of a zone as well; where there is no first or last one, nobody knows. */
function areHoursOf(zone: string | null, { first, next }: WholeHours): boolean {
  return zone === null || (first !== null && next !== null && hasWholeHours(zone, first, next))
}

async function ask(
  { store }: QueryContext,
  query: OutcomeQuery,
  conditions: Conditions,
  from: 'hours' | 'events',
): Promise<OutcomeRecord[]> {
  conditions.add(IS_OUTCOME)
  const { bucket, by } = query
  const zone = zoneOf(query)
  const dimensions = OUTCOME_DIMENSIONS.filter((dimension) => by.includes(dimension))
  const keys: (Key & { readonly name: string })[] = [
    ...(bucket === 'all' ? [] : [{ name: 'bucket', ...bucketKey(bucket, zone, from) }]),
    ...dimensions.map((dimension) => ({ name: `by_${dimension}`, ...DIMENSION_SQL[dimension] })),
  ]
  const grouping = keys.length === 0 ? '' : `GROUP BY ${keys.map(({ sql }) => sql).join(', ')}`
  return store.query<OutcomeRecord>({
    sql: `SELECT ${keys.map(({ name, shown }) => `${shown} AS ${name}, `).join('')}
        ${rollUpMeasures.events} AS outcomes, ${rollUpMeasures.passed} AS passed_outcomes,
        ${rollUpMeasures.latency_percentiles} AS latencies,
        ${rollUpMeasures.tokens} AS token_sum, ${rollUpMeasures.cost_microdollars} AS cost
      FROM ${store.table('events')} ${conditions.where} ${grouping}
      ${keys.length === 0 ? 'HAVING outcomes > 0' : `ORDER BY ${keys.map(({ name, order = name }) => order).join(', ')}`}
      SETTINGS enable_extended_results_for_datetime_functions = 1`,
    params: { ...conditions.params, ...(zone === null ? {} : { time_zone: zone }) },
  })
}

async function hasOutcomeAt(
  { store }: QueryContext,
  { tenant_id }: OutcomeQuery,
  { alone }: WholeHours,
): Promise<boolean> {
  if (alone === null) return false
  const conditions = new Conditions()
    .tenant(tenant_id)
    .add("instant = fromUnixTimestamp64Nano({alone:Int64}, 'UTC')", { alone: alone.toString() })
    .add(IS_OUTCOME)
  const found = await store.query({
    sql: `SELECT 1 FROM ${store.table('events')} ${conditions.where} LIMIT 1`,
    params: conditions.params,
  })
  return found.length > 0
}

function analyticsOf(record: OutcomeRecord): OutcomeAnalytics {
  return addedUp(groupOf(record), {
    outcomes: BigInt(record.outcomes),
    passed: BigInt(record.passed_outcomes),
    latencies: record.latencies,
    tokens: BigInt(record.token_sum ?? 0),
    cost: BigInt(record.cost ?? 0),
  })
}

/** What a group's outcomes add up to. */
export interface OutcomeSums {
  readonly outcomes: bigint
  readonly passed: bigint
  /** The 50th, 90th, 95th and 99th percentile, ms; null or left out where no outcome tells its latency. */
  readonly latencies: readonly (number | null)[]
  readonly tokens: bigint
  /** µ$. */
  readonly cost: bigint
}

/** The answer's row about a group, which becomes the row. */
export function addedUp(
  group: OutcomeGroup,
  { outcomes, passed, latencies, tokens, cost }: OutcomeSums,
): OutcomeAnalytics {
  const [p50 = null, p90 = null, p95 = null, p99 = null] = latencies
  return Object.assign(group, {
    outcomes,
    passed,
    pass_rate: Number(passed) / Number(outcomes),
    latency_p50_ms: p50,
    latency_p90_ms: p90,
    latency_p95_ms: p95,
    latency_p99_ms: p99,
    tokens,
    cost_microdollars: cost,
    cost_per_passed_microdollars: passed === 0n ? null : Number(cost) / Number(passed),
  })
}

/** The dimensions of a group, those that were asked for. */
export type OutcomeGroup = { -readonly [Name in 'bucket' | 'tenant' | 'backend' | 'step']?: OutcomeAnalytics[Name] }

/** The dimensions that were asked for. Written one by one: spreading an object for each took a quarter of a large answer's time. */
function groupOf({ bucket, by_tenant, by_backend, by_step }: OutcomeRecord): OutcomeGroup {
  const group: OutcomeGroup = {}
  if (bucket !== undefined) group.bucket = bucket
  if (by_tenant !== undefined) group.tenant = by_tenant === '' ? null : by_tenant
  if (by_backend !== undefined) group.backend = by_backend
  if (by_step !== undefined) group.step = by_step
  return group
}
