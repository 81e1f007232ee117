import { z } from 'zod'
import { eventPages } from '../../../queries/events.ts'
import { EventQuery } from '../../../schemas/contract/event-query.ts'
import { sendJsonText } from '../answers/send-json.ts'
import { tenantAskedFor } from '../access/caller.ts'
import type { QueryParts } from '../http-parts.ts'
import { route, type AnyRoute } from '../route.ts'
import { readAt, Reading, tenantOf } from './consistency.ts'

/** Answers with events. */
export function eventRoutes(parts: QueryParts): AnyRoute[] {
  return [
    route({
      method: 'GET',
      path: '/v1/events',
      tag: 'Events',
      summary: 'Find events',
      needs: ['read'],
      query: Reading.extend({ tenant_id: z.string().optional() }),
      answers: { 200: { description: 'A page of events.' } },
      handle: async ({ query, caller, request, reply }) => {
        const scope = tenantAskedFor(caller, query.tenant_id ?? null)
        const { queries } = await readAt(parts, scope, query, request, reply)
        const texts: string[] = []
        for await (const page of eventPages(queries, EventQuery.parse({ tenant_id: tenantOf(scope) }), 100))
          texts.push(...page.map(({ json }) => json))
        sendJsonText(reply, `{"events":[${texts.join(',')}]}`)
      },
    }),
  ]
}
