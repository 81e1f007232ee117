import { z } from 'zod'
import { withinDateTime64 } from '../../projections/events/date-time-64.ts'
import { optional, string } from '../../schemas/contract/scalars.ts'
import { instantsOf, TimeRange } from '../../schemas/contract/time-range.ts'
import { Conditions } from './conditions.ts'
import type { QueryContext } from '../query-context.ts'

/** What every analytics question may be limited to. */
export const AnalyticsFilter = z.object({
  tenant_id: optional(string).describe('Tenant; none means all tenants and the events without one'),
  time_range: optional(TimeRange).describe('When the events happened'),
})
export type AnalyticsFilter = Readonly<z.output<typeof AnalyticsFilter>>

/** The filter as conditions on the table of events. Error: `InvalidQuery` for a bound that is no time. */
export function analyticsConditions({ prefix }: QueryContext, { tenant_id, time_range }: AnalyticsFilter): Conditions {
  const conditions = new Conditions().tenant(tenant_id).within(prefix)
  return time_range === null ? conditions : withinRange(conditions, time_range)
}

/** Adds a time range, both ends included. Error: `InvalidQuery` for a bound that is no time. */
export function withinRange(conditions: Conditions, range: TimeRange): Conditions {
  const { start, end } = instantsOf(range)
  if (start !== null) addInstant(conditions, '>=', 'start', start)
  if (end !== null) addInstant(conditions, '<=', 'end', end)
  return conditions
}

function addInstant(conditions: Conditions, comparison: '>=' | '<=', name: string, instant: bigint): void {
  conditions.add(`instant ${comparison} fromUnixTimestamp64Nano({${name}:Int64}, 'UTC')`, {
    [name]: withinDateTime64(instant).toString(),
  })
}
