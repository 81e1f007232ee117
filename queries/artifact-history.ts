import { z } from 'zod'
import { ARTIFACT_CHANGES } from '../projections/views/derived-views.ts'
import { EventQuery } from '../schemas/contract/event-query.ts'
import { optional, string } from '../schemas/contract/scalars.ts'
import type { ArtifactChange } from './artifact-change.ts'
import { queryEvents } from './events.ts'
import type { QueryContext } from './query-context.ts'

/** A question for how an artifact came to its state. */
export const ArtifactHistoryQuery = z.object({
  artifact_id: string.describe('Artifact'),
  tenant_id: optional(string).describe('Tenant; none means all tenants'),
})
export type ArtifactHistoryQuery = Readonly<z.output<typeof ArtifactHistoryQuery>>

/** The transitions and rollbacks of an artifact, in the order of their instants: the last one led to its state. */
export async function artifactHistory(context: QueryContext, query: ArtifactHistoryQuery): Promise<ArtifactChange[]> {
  const events = await queryEvents(context, changesOf(query))
  return events.map(({ envelope }) => envelope as ArtifactChange)
}

/** The query that finds an artifact's changes, and nothing else. */
export function changesOf(query: ArtifactHistoryQuery): EventQuery {
  return EventQuery.parse({ kinds: [...ARTIFACT_CHANGES], ...query })
}
