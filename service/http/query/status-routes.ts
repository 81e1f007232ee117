import { z } from 'zod'
import { ExperienceError } from '../../../base/experience-error.ts'
import { parsePosition, POSITION_PATTERN, type Position } from '../../../base/position.ts'
import { optional, string } from '../../../schemas/contract/scalars.ts'
import { asking } from '../../questions/asking.ts'
import { EventStatuses, type EventAsked, type RecordStatus } from '../../questions/event-status.ts'
import { tenantAskedFor, type TenantScope } from '../access/caller.ts'
import { sendJson } from '../answers/send-json.ts'
import type { AskingParts } from '../http-parts.ts'
import type { AnyRoute } from '../route.ts'
import { tenantOf } from './consistency.ts'
import { statusSchema } from './event-answer-schemas.ts'
import { IdPath } from './parameters.ts'
import { questionRoute, type Place } from './question-route.ts'

const positionParameter = string
  .refine((text) => parsePosition(text) !== null, { error: 'must be topic/partition/offset' })
  .meta({ pattern: POSITION_PATTERN })
  .transform((text) => parsePosition(text)!)

const StatusParameters = z.strictObject({
  tenant_id: optional(string).describe('Tenant; none means all tenants'),
  position: optional(positionParameter).describe(
    'Where the log holds the event, as the answer to its append says: finds also what no table knows, a duplicate',
  ),
})

/** Tells what happened to an event. */
export function statusRoutes(parts: AskingParts): AnyRoute[] {
  const statuses = new EventStatuses(parts.service)
  return [
    questionRoute(parts, {
      method: 'GET',
      path: '/v1/events/{id}/status',
      tag: 'Events',
      summary: 'What happened to an event: accepted, projected, a duplicate, or a dead letter and why',
      description:
        'Answers at once, by what is known now. Without a position, finds records that the tables know and those that are not projected ' +
        'yet; `complete` is false where there are too many of these to look at all.',
      examples: [{ summary: 'What happened to an event', path: '/v1/events/evt-1/status' }],
      needs: ['produce', 'read'],
      params: IdPath,
      query: StatusParameters,
      answers: {
        200: { description: 'What is known.', content: { 'application/json': statusSchema } },
      },
      answer: async ({ reply, caller, placeFor, params: { id }, query: { tenant_id, position } }) => {
        const scope = tenantAskedFor(caller, tenant_id)
        const place = await placeFor(tenant_id, { consistency: 'eventual', as_of: null })
        const asked = askedOf(parts, id, scope)
        const { records, isComplete } = await recordsOf(parts, statuses, { place, asked, scope, position })
        const state = STATES.find((each) => records.some((record) => record.state === each))
        if (state === undefined) throw new ExperienceError('NotFound', `there is no event ${JSON.stringify(id)}`)
        sendJson(reply, { event_id: id, state, records, complete: isComplete, freshness: place.freshness })
      },
    }),
  ]
}

/** Of several records with an id, the first of these that one has is what happened to the event. */
const STATES = ['projected', 'accepted', 'duplicate', 'dead-letter'] as const

function askedOf({ log }: AskingParts, id: string, scope: TenantScope): EventAsked {
  const { tenant } = scope
  return { id, tenant: tenantOf(scope), topic: tenant === null ? null : log.topics.topic('events', tenant) }
}

/** Of a foreign topic, or where nothing can match, as of one that is not there. */
async function recordsOf(
  { log }: AskingParts,
  statuses: EventStatuses,
  asked: {
    readonly place: Place
    readonly asked: EventAsked
    readonly scope: TenantScope
    readonly position: Position | null
  },
): Promise<{ readonly records: readonly RecordStatus[]; readonly isComplete: boolean }> {
  const { place, scope, position } = asked
  if (scope.isNobody) return { records: [], isComplete: true }
  const queries = asking('status', place.queries)
  if (position === null) return statuses.find(queries, asked.asked)
  const { topic } = asked.asked
  const isVisible =
    topic === null ? position.topic.startsWith(log.topics.topicPrefix('events')) : position.topic === topic
  const status = isVisible ? await statuses.at(queries, asked.asked, position) : null
  return { records: status === null ? [] : [status], isComplete: true }
}
