import { ExperienceError } from '../../base/experience-error.ts'
import { FIRST_INSTANT, LAST_INSTANT, withinDateTime64 } from '../../projections/events/date-time-64.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { instantsOf, isWithin, type Instants, type TimeRange } from '../../schemas/contract/time-range.ts'
import { instantOfMillis, parseInstant, type Instant } from '../../schemas/instant.ts'
import { Conditions } from './conditions.ts'

/**
 * Adds a range of time, both ends included. The table holds what happened before 1900 or after 2262 as if it had happened then: where
 * a bound lies there as well, the times that these events tell are compared, in a look of its own. Errors: `InvalidQuery` for a bound
 * that is no time, and (field `time_range`) where too many such times would have to be compared; `Unavailable`, `StorageError`.
 */
export async function withinRange(
  conditions: Conditions,
  store: ReadModelStore,
  tenant: string | null,
  range: TimeRange,
): Promise<Conditions> {
  const instants = instantsOf(range)
  const { start, end } = instants
  if (start !== null) conditions.add(`instant >= ${parameter('start')}`, { start: ticks(start) })
  if (end !== null) conditions.add(`instant <= ${parameter('end')}`, { end: ticks(end) })
  for (const stored of partedEnds(instants)) {
    const times = await timesStoredAt(store, tenant, stored)
    const name = stored === FIRST_INSTANT ? 'first' : 'last'
    conditions.add(`(instant != ${parameter(name)} OR ${TIME} IN {${name}_times:Array(String)})`, {
      [name]: ticks(stored),
      [`${name}_times`]: times.filter((time) => isWithin(instants, instantOf(time) ?? stored)),
    })
  }
  return conditions
}

/** The ends of what the table can hold at which some events may be within the range and others not. */
function partedEnds({ start, end }: Instants): Instant[] {
  const ends: Instant[] = []
  if ((start !== null && start <= FIRST_INSTANT) || (end !== null && end < FIRST_INSTANT)) ends.push(FIRST_INSTANT)
  if ((start !== null && start > LAST_INSTANT) || (end !== null && end >= LAST_INSTANT)) ends.push(LAST_INSTANT)
  return ends
}

/** Of up to 64 bytes each: ClickHouse takes 128 KiB a parameter over HTTP. */
const MOST_TIMES = 1000

/** The time that a row tells: a text, or `@` and the log's own time, ms since the epoch. */
const TIME = "if(instant_source = 'text', occurred_at, concat('@', toString(toUnixTimestamp64Milli(logged_at))))"

async function timesStoredAt(store: ReadModelStore, tenant: string | null, stored: Instant): Promise<string[]> {
  const conditions = new Conditions().tenant(tenant).add(`instant = ${parameter('stored')}`, { stored: ticks(stored) })
  const rows = await store.query<{ time: string }>({
    sql: `SELECT DISTINCT ${TIME} AS time FROM ${store.table('events')} ${conditions.where} LIMIT ${MOST_TIMES + 1}`,
    params: conditions.params,
  })
  if (rows.length <= MOST_TIMES) return rows.map(({ time }) => time)
  const message = `time_range: more than ${MOST_TIMES} times before 1900 or after 2262 would have to be compared: use bounds from 1900 to 2262`
  throw new ExperienceError('InvalidQuery', message, { field: 'time_range' })
}

function instantOf(time: string): Instant | null {
  return time.startsWith('@') ? instantOfMillis(time.slice(1)) : parseInstant(time)
}

function parameter(name: string): string {
  return `fromUnixTimestamp64Nano({${name}:Int64}, 'UTC')`
}

function ticks(instant: Instant): string {
  return withinDateTime64(instant).toString()
}
