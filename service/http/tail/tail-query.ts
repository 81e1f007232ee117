import { z } from 'zod'
import { ExperienceError } from '../../../base/experience-error.ts'
import type { SubscriptionQuery } from '../../../consumers/subscription/start.ts'
import { validateIdentifier } from '../../../schemas/contract/envelope.ts'
import { eventKinds } from '../../../schemas/contract/event-kind.ts'
import { EventQuery } from '../../../schemas/contract/event-query.ts'
import { optional, string, words } from '../../../schemas/contract/scalars.ts'
import { parseInstant } from '../../../schemas/instant.ts'
import { listParameter } from '../query/parameters.ts'

const described = EventQuery.shape

/** What a stream is about, and where it begins. */
export const TailQuery = z.strictObject({
  tenant_id: optional(string).describe('Tenant; none means all tenants of the key, and events without a tenant'),
  kinds: listParameter(words('EventKind', eventKinds))
    .default([])
    .describe('Kinds; none means all; several separated by commas, or the parameter several times'),
  correlation_id: optional(string).describe(described.correlation_id.description ?? ''),
  chain_id: optional(string).describe(described.chain_id.description ?? ''),
  event_id: optional(string).describe(described.event_id.description ?? ''),
  trace_link_id: optional(string).describe(described.trace_link_id.description ?? ''),
  artifact_id: optional(string).describe(described.artifact_id.description ?? ''),
  proposal_id: optional(string).describe(described.proposal_id.description ?? ''),
  from: z
    .string()
    .refine((text) => text === 'now' || text === 'beginning' || parseInstant(text) !== null, {
      error: 'must be now, beginning, an ISO 8601 time, or epoch seconds followed by Z',
    })
    .default('now')
    .describe('Where to begin: now, beginning, or an instant: what the log took then or later'),
  after: optional(string).describe(
    'Instead of `from`: behind the item of this token, or behind records by their positions (topic/partition/offset, several separated by commas)',
  ),
  format: z
    .enum(['sse', 'ndjson'])
    .optional()
    .describe('Default: ndjson where the header Accept names it, otherwise sse'),
})
export type TailQuery = z.output<typeof TailQuery>

/** The header with which a client that was cut goes on. */
export const LAST_EVENT_ID = 'last-event-id'

/** Where to begin: a client that was cut says so with the header, whatever it asked for at first. */
export function placeOf({ from, after }: TailQuery, lastEventId: string | null): SubscriptionQuery['from'] {
  const token = lastEventId ?? after
  if (token !== null) return { after: token }
  return from === 'now' || from === 'beginning' ? from : { instant: from }
}

/** Error: `InvalidQuery` (`tenant_id`). */
export function checkTenant(tenant: string | null): void {
  if (tenant !== null) validateIdentifier('tenant_id', tenant)
}

/** An error about the place, by the name that it was given under. */
export function byName(error: unknown, lastEventId: string | null): unknown {
  if (!(error instanceof ExperienceError) || error.field !== 'from.after') return error
  const name = lastEventId === null ? 'after' : LAST_EVENT_ID
  const message = error.message.replace(/^from\.after/, name)
  return new ExperienceError(error.code, message, { field: name, cause: error })
}
