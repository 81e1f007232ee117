import type { EventLog } from '../../log/event-log.ts'
import type { RebuildScope } from '../log/operation.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import { selectionOf } from './scope-selection.ts'

/** Refuses a scope that would rebuild nothing. Errors: `NotFound` (a tenant), `InvalidQuery` (`from`, `to`), `Unavailable`. */
export async function checkScope(
  { log, topics }: { readonly log: EventLog; readonly topics: TenantTopics },
  scope: RebuildScope,
): Promise<void> {
  for (const tenant of scope.tenants ?? []) {
    const held = await log.offsets([topics.topic('events', tenant === '' ? null : tenant)])
    if (held.length === 0) throw new ExperienceError('NotFound', `there is no tenant ${JSON.stringify(tenant)}`)
  }
  if (scope.range !== null && scope.projections !== null)
    throw new ExperienceError('InvalidQuery', 'projection: a side table holds events alone', { field: 'projection' })
  // Reads the range.
  selectionOf(scope, topics, () => {
    throw new TypeError('nothing is seeded yet')
  })
}
