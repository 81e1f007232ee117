import type { Offset, Position, TopicPartition } from '../../base/position.ts'
import type { EventLog } from '../../log/event-log.ts'
import type { RebuildScope } from '../log/operation.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import { parseInstant } from '../../schemas/instant.ts'
import type { Selection } from '../../consumers/selection.ts'

export type ProjectionName = NonNullable<RebuildScope['projections']>[number]

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

/** Whether a projection of a topic is made anew from the log; else it is copied. */
export function isRebuilt(
  { tenants, projections }: RebuildScope,
  topics: TenantTopics,
  topic: string,
  name: ProjectionName,
): boolean {
  const isTenant = tenants?.some((tenant) => topics.topic('events', tenant === '' ? null : tenant) === topic) ?? true
  return isTenant && (projections?.includes(name) ?? true)
}

/** Tells up to where a partition was copied: the rows before it are there. */
export type SeededTo = (partition: TopicPartition) => Offset

/** What of the log goes into the tables of a generation that is being built. */
export function selectionOf(scope: RebuildScope, topics: TenantTopics, seededTo: SeededTo): Selection {
  if (scope.range !== null) return sideTableSelection(scope, scope.range, topics)
  const takes = (at: Position, name: ProjectionName): boolean =>
    isRebuilt(scope, topics, at.topic, name) || at.offset >= seededTo(at)
  return {
    takesEvent: (event) => takes(event, 'events'),
    takesDeadLetter: ({ record }) => takes(record, 'dead_letters'),
  }
}

/** A side table holds events alone. */
function sideTableSelection(
  scope: RebuildScope,
  range: NonNullable<RebuildScope['range']>,
  topics: TenantTopics,
): Selection {
  const from = instantOf(range.from, 'from')
  const to = instantOf(range.to, 'to')
  if (from !== null && to !== null && from > to)
    throw new ExperienceError('InvalidQuery', `to: lies before from: ${range.from} to ${range.to}`, { field: 'to' })
  return {
    takesEvent: ({ topic, instant }) =>
      isRebuilt(scope, topics, topic, 'events') && (from === null || instant >= from) && (to === null || instant <= to),
    takesDeadLetter: () => false,
  }
}

function instantOf(text: string | null, field: string): bigint | null {
  const instant = text === null ? null : parseInstant(text)
  if (text !== null && instant === null)
    throw new ExperienceError('InvalidQuery', `${field}: is not a time: ${JSON.stringify(text)}`, { field })
  return instant
}
