import { z } from 'zod'
import { rollUpKeys, rollUpMeasures } from '../projections/events/roll-up.ts'
import { words } from '../schemas/contract/scalars.ts'
import { Conditions } from './clauses/conditions.ts'
import { analyticsConditions, AnalyticsFilter } from './clauses/filters.ts'
import type { QueryContext } from './query-context.ts'
import { wholeHours, withinHours, type WholeHours } from './clauses/whole-hours.ts'

export const OUTCOME_BUCKETS = ['hour', 'day', 'week', 'month', 'all'] as const
/** The length of time that a row stands for, in UTC; weeks begin on Monday. */
export type OutcomeBucket = (typeof OUTCOME_BUCKETS)[number]

export const OUTCOME_DIMENSIONS = ['tenant', 'backend', 'step'] as const
export type OutcomeDimension = (typeof OUTCOME_DIMENSIONS)[number]

/** A question for what outcomes add up to, by time and by what else is asked for. */
export const OutcomeQuery = AnalyticsFilter.extend({
  bucket: words('OutcomeBucket', OUTCOME_BUCKETS)
    .default('day')
    .describe('Length of time that a row stands for, in UTC'),
  by: z
    .array(words('OutcomeDimension', OUTCOME_DIMENSIONS))
    .readonly()
    .default(OUTCOME_DIMENSIONS)
    .describe('What else a row stands for'),
})
export type OutcomeQuery = Readonly<z.output<typeof OutcomeQuery>>
export type OutcomeQueryInput = z.input<typeof OutcomeQuery>

/** What the outcomes of one bucket, tenant, backend and step add up to. Dimensions that were not asked for are left out. */
export interface OutcomeAnalytics {
  /** Beginning of the bucket, `2026-04-23` or `2026-04-23T09:00:00Z`; left out for `all`. */
  readonly bucket?: string
  readonly tenant?: string | null
  readonly backend?: string | null
  readonly step?: string
  readonly outcomes: bigint
  readonly passed: bigint
  /** 0 to 1. */
  readonly pass_rate: number
  /** Latencies in ms, by t-digest; null where no outcome tells its latency. */
  readonly latency_p50_ms: number | null
  readonly latency_p90_ms: number | null
  readonly latency_p95_ms: number | null
  readonly latency_p99_ms: number | null
  readonly tokens: bigint
  readonly cost_microdollars: bigint
  /** µ$ for each outcome that passed, failed ones paid for as well; null where none passed. */
  readonly cost_per_passed_microdollars: number | null
}

// Made of the roll-up's keys and measures, letter for letter, so that ClickHouse answers from it where whole hours are asked for.
// Results bear other names than columns: ClickHouse would take the result for the column, in WHERE too.
const BUCKET_SQL: Readonly<Record<Exclude<OutcomeBucket, 'all'>, Key>> = {
  hour: {
    sql: rollUpKeys.hour,
    shown: `concat(substring(replaceOne(toString(${rollUpKeys.hour}), ' ', 'T'), 1, 19), 'Z')`,
  },
  day: dateKey(`toDate32(${rollUpKeys.hour})`),
  week: dateKey(`toMonday(toDate32(${rollUpKeys.hour}))`),
  month: dateKey(`toStartOfMonth(toDate32(${rollUpKeys.hour}))`),
}
const DIMENSION_SQL: Readonly<Record<OutcomeDimension, Key>> = {
  tenant: { sql: 'tenant_id', shown: 'tenant_id' },
  backend: { sql: 'backend', shown: 'backend' },
  step: { sql: 'step', shown: 'step' },
}

/** What is grouped by, and how it is shown: texts are made of the groups, not of what they are made of. */
interface Key {
  readonly sql: string
  readonly shown: string
}

function dateKey(sql: string): Key {
  return { sql, shown: `toString(${sql})` }
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
  if (hours === null) return null
  const conditions = withinHours(new Conditions().tenant(query.tenant_id), hours)
  // Hardly ever is there an event at the very instant: nobody waits for the look before asking.
  const [records, isMore] = await Promise.all([ask(context, query, conditions), hasOutcomeAt(context, query, hours)])
  return isMore ? null : records
}

async function recordsOfEvents(context: QueryContext, query: OutcomeQuery): Promise<OutcomeRecord[]> {
  return ask(context, query, await analyticsConditions(context, query))
}

async function ask(
  { store }: QueryContext,
  { bucket, by }: OutcomeQuery,
  conditions: Conditions,
): Promise<OutcomeRecord[]> {
  conditions.add(IS_OUTCOME)
  const dimensions = OUTCOME_DIMENSIONS.filter((dimension) => by.includes(dimension))
  const keys = [
    ...(bucket === 'all' ? [] : [{ name: 'bucket', ...BUCKET_SQL[bucket] }]),
    ...dimensions.map((dimension) => ({ name: `by_${dimension}`, ...DIMENSION_SQL[dimension] })),
  ]
  const grouping = keys.length === 0 ? '' : `GROUP BY ${keys.map(({ sql }) => sql).join(', ')}`
  return store.query<OutcomeRecord>({
    sql: `SELECT ${keys.map(({ name, shown }) => `${shown} AS ${name}, `).join('')}
        ${rollUpMeasures.events} AS outcomes, ${rollUpMeasures.passed} AS passed_outcomes,
        ${rollUpMeasures.latency_percentiles} AS latencies,
        ${rollUpMeasures.tokens} AS token_sum, ${rollUpMeasures.cost_microdollars} AS cost
      FROM ${store.table('events')} ${conditions.where} ${grouping}
      ${keys.length === 0 ? 'HAVING outcomes > 0' : `ORDER BY ${keys.map(({ name }) => name).join(', ')}`}
      SETTINGS enable_extended_results_for_datetime_functions = 1`,
    params: conditions.params,
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
  const outcomes = BigInt(record.outcomes)
  const passed = BigInt(record.passed_outcomes)
  const cost = BigInt(record.cost ?? 0)
  const [p50 = null, p90 = null, p95 = null, p99 = null] = record.latencies
  return Object.assign(groupOf(record), {
    outcomes,
    passed,
    pass_rate: Number(passed) / Number(outcomes),
    latency_p50_ms: p50,
    latency_p90_ms: p90,
    latency_p95_ms: p95,
    latency_p99_ms: p99,
    tokens: BigInt(record.token_sum ?? 0),
    cost_microdollars: cost,
    cost_per_passed_microdollars: passed === 0n ? null : Number(cost) / Number(passed),
  })
}

type Group = { -readonly [Name in 'bucket' | 'tenant' | 'backend' | 'step']?: OutcomeAnalytics[Name] }

/** The dimensions that were asked for. Written one by one: spreading an object for each took a quarter of a large answer's time. */
function groupOf({ bucket, by_tenant, by_backend, by_step }: OutcomeRecord): Group {
  const group: Group = {}
  if (bucket !== undefined) group.bucket = bucket
  if (by_tenant !== undefined) group.tenant = by_tenant === '' ? null : by_tenant
  if (by_backend !== undefined) group.backend = by_backend
  if (by_step !== undefined) group.step = by_step
  return group
}
