import { z } from 'zod'
import { optional, string } from '../../schemas/contract/scalars.ts'
import { TimeRange } from '../../schemas/contract/time-range.ts'
import { Conditions } from './conditions.ts'
import type { QueryContext } from '../query-context.ts'
import { withinRange } from './within-range.ts'

/** What every analytics question may be limited to. */
export const AnalyticsFilter = z.object({
  tenant_id: optional(string).describe('Tenant; none means all tenants and the events without one'),
  time_range: optional(TimeRange).describe('When the events happened'),
})
export type AnalyticsFilter = Readonly<z.output<typeof AnalyticsFilter>>

/** The filter as conditions on the table of events. Errors: those of `withinRange`. */
export async function analyticsConditions(
  { store, prefix }: QueryContext,
  { tenant_id, time_range }: AnalyticsFilter,
): Promise<Conditions> {
  const conditions = new Conditions().tenant(tenant_id).within(prefix)
  return time_range === null ? conditions : withinRange(conditions, store, tenant_id, time_range)
}
