import { TraceLinkQuery } from '../../../queries/trace-link.ts'
import { optional, string } from '../../../schemas/contract/scalars.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import { replayTraceToJson } from '../../../schemas/json/replay-trace-json.ts'
import { found } from '../../questions/question.ts'
import { questions } from '../../questions/questions.ts'
import { sendJsonText } from '../answers/send-json.ts'
import type { AskingParts } from '../http-parts.ts'
import type { AnyRoute } from '../route.ts'
import { Reading } from './consistency.ts'
import { freshnessSchema } from './event-answer-schemas.ts'
import { IdPath } from './parameters.ts'
import { questionRoute } from './question-route.ts'

/** Finds replay traces. */
export function traceLinkRoutes(parts: AskingParts): AnyRoute[] {
  return [
    questionRoute(parts, {
      method: 'GET',
      path: '/v1/trace-links/{id}',
      tag: 'Questions',
      summary: 'The replay trace that was recorded last under an id',
      params: IdPath,
      query: Reading.extend({ tenant_id: optional(string).describe('Tenant; none means all tenants') }),
      examples: [{ summary: 'The trace that was recorded last', path: '/v1/trace-links/trace-1' }],
      answers: {
        200: {
          description: 'The trace.',
          content: {
            'application/json': {
              type: 'object',
              required: ['trace_link_id', 'trace_link', 'freshness'],
              properties: {
                trace_link_id: { type: 'string' },
                trace_link: { type: 'object', properties: { type: { enum: ['Local', 'Remote'] } } },
                freshness: freshnessSchema,
              },
            },
          },
        },
      },
      answer: async ({ reply, placeFor, params: { id }, query: { tenant_id, ...reading } }) => {
        const place = await placeFor(tenant_id, reading)
        const query = TraceLinkQuery.parse({ trace_link_id: id, tenant_id: place.tenant })
        const trace = found(await questions.traceLink.answer(place.queries, query), `trace ${JSON.stringify(id)}`)
        const text = `"trace_link_id":${JSON.stringify(id)},"trace_link":${replayTraceToJson(trace)}`
        sendJsonText(reply, `{${text},"freshness":${jsonLine(place.freshness)}}`)
      },
    }),
  ]
}
