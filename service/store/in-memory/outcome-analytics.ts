import type { EventRow } from '../../../projections/events/event-columns.ts'
import type { OutcomeAnalytics, OutcomeBucket } from '../../../queries/analytics.ts'
import { addedUp, type OutcomeGroup, type OutcomeQuery } from '../../../queries/outcomes.ts'
import { compareUtf8 } from '../../../schemas/json/compare-utf8.ts'
import { offsetSeconds } from '../../../schemas/time-zone.ts'
import { steps } from '../../../projections/events/event-enumerations.ts'
import { descending, grouped, sum } from './grouped.ts'

/** What the read model answers about outcomes, worked out from rows, with exact percentiles. */
export function outcomeAnalyticsOf(rows: readonly EventRow[], query: OutcomeQuery): OutcomeAnalytics[] {
  const outcomes = rows.filter(({ kind }) => kind === 'OutcomeRecorded')
  return Array.from(grouped(outcomes, (row) => JSON.stringify(groupOf(row, query))).values(), (group) =>
    analyticsOf(groupOf(group[0]!, query), group),
  ).toSorted(inOrder)
}

function groupOf(row: EventRow, { bucket, by, time_zone = 'UTC' }: OutcomeQuery): OutcomeGroup {
  const group: OutcomeGroup = {}
  if (bucket !== 'all') group.bucket = bucketOf(row.instant, bucket, time_zone)
  if (by.includes('tenant')) group.tenant = row.tenant_id === '' ? null : row.tenant_id
  if (by.includes('backend')) group.backend = row.backend
  if (by.includes('step')) group.step = row.step ?? ''
  return group
}

function analyticsOf(group: OutcomeGroup, rows: readonly EventRow[]): OutcomeAnalytics {
  const latencies = rows
    .flatMap(({ latency_ms }) => latency_ms ?? [])
    .toSorted(descending)
    .toReversed()
  return addedUp(group, {
    outcomes: BigInt(rows.length),
    passed: BigInt(rows.filter(({ passed }) => passed === true).length),
    latencies: [50n, 90n, 95n, 99n].map((percent) => percentile(latencies, percent)),
    tokens: sum(rows, ({ tokens }) => tokens),
    cost: sum(rows, ({ cost_microdollars }) => cost_microdollars),
  })
}

/** The least value that this share of all values does not exceed; null of none. */
function percentile(sorted: readonly bigint[], percent: bigint): number | null {
  const rank = (BigInt(sorted.length) * percent + 99n) / 100n
  const value = sorted[Number(rank) - 1]
  return value === undefined ? null : Number(value)
}

/** By bucket, tenant, backend (none last) and step, in the contract's order of steps. */
function inOrder(a: OutcomeAnalytics, b: OutcomeAnalytics): number {
  return (
    placeOfBucket(a) - placeOfBucket(b) ||
    compareUtf8(a.tenant ?? '', b.tenant ?? '') ||
    Number((a.backend ?? null) === null) - Number((b.backend ?? null) === null) ||
    compareUtf8(a.backend ?? '', b.backend ?? '') ||
    placeOfStep(a) - placeOfStep(b)
  )
}

/** Its beginning, ms: an hour that comes twice has different offsets. */
function placeOfBucket({ bucket }: OutcomeAnalytics): number {
  return bucket === undefined ? 0 : Date.parse(bucket)
}

function placeOfStep({ step }: OutcomeAnalytics): number {
  return steps.findIndex((each) => each === step)
}

const SECOND_NS = 1_000_000_000n
const HOUR_S = 3600n
const DAY_MS = 86_400_000

/** The beginning of the hour, day, week or month of an instant (ns since the epoch), as the clocks of a zone and the answer show it. */
function bucketOf(instant: bigint, bucket: Exclude<OutcomeBucket, 'all'>, zone: string): string {
  const offset = zone === 'UTC' ? 0 : offsetSeconds(zone, Number(instant / 1_000_000n))
  const hour = hourOf(instant / SECOND_NS + BigInt(offset))
  if (bucket === 'hour') return `${hour.toISOString().slice(0, 19)}${zone === 'UTC' ? 'Z' : offsetText(offset)}`
  if (bucket === 'week') hour.setTime(hour.getTime() - ((hour.getUTCDay() + 6) % 7) * DAY_MS)
  if (bucket === 'month') hour.setUTCDate(1)
  return hour.toISOString().slice(0, 10)
}

/** `+02:00` */
function offsetText(seconds: number): string {
  const minutes = Math.floor(Math.abs(seconds) / 60)
  const twoDigits = (number: number): string => String(number).padStart(2, '0')
  return `${seconds < 0 ? '-' : '+'}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`
}

/** As ClickHouse does, seconds were cut towards 1970: before it, what happens amid an hour's last second counts to the next hour. */
function hourOf(seconds: bigint): Date {
  const pastHour = ((seconds % HOUR_S) + HOUR_S) % HOUR_S
  return new Date(Number(seconds - pastHour) * 1000)
}
