import type { FastifyRequest } from 'fastify'
import { tenantAskedFor } from '../access/caller.ts'
import { NDJSON } from '../answers/send-lines.ts'
import { accepts } from '../register-route.ts'
import { route, type AnyRoute } from '../route.ts'
import { ndjson, sse, type TailFormat } from './tail-format.ts'
import { TailLine } from './tail-line.ts'
import { byName, checkTenant, LAST_EVENT_ID, placeOf, TailQuery } from './tail-query.ts'
import type { OpenedTail, Tails } from './tails.ts'
import { wantedBy } from './wanted.ts'

const DESCRIPTION = `Events as the log takes them, until the client goes. Server-sent events: \`id\` is the token from which \
the stream can be resumed (the header \`Last-Event-ID\`, which browsers send by themselves, or \`after\`), \`event\` is the kind, \`data\` the \
envelope; \`bad-record\` and \`lost\` tell of what is no event, or not there any more, and \`closed\` is the last. As NDJSON each line has a \
\`type\`: \`event\`, \`bad-record\`, \`lost\`, \`heartbeat\` (to be ignored) or \`closed\`. Without events a heartbeat comes every few seconds.`

/** Follows the log live. */
export function tailRoutes(tails: Tails): AnyRoute[] {
  return [
    route({
      method: 'GET',
      path: '/v1/tail',
      tag: 'Tail',
      summary: 'Follow the log live',
      description: DESCRIPTION,
      needs: ['read'],
      query: TailQuery,
      headers: {
        'Last-Event-ID': { description: 'The last id that came: goes on behind it, whatever `from` and `after` say' },
      },
      examples: [
        { summary: 'Follow from now on', isEndless: true },
        {
          summary: 'Outcomes from the beginning, as lines',
          path: '/v1/tail?from=beginning&kinds=OutcomeRecorded&format=ndjson',
          isEndless: true,
        },
      ],
      answers: {
        200: {
          description: 'A stream without end.',
          content: { 'text/event-stream': { type: 'string' }, [NDJSON]: TailLine },
        },
      },
      handle: async ({ query, caller, request, reply }) => {
        const format = formatOf(query, request)
        if (request.method === 'HEAD') {
          void reply.type(format.contentType).send('')
          return
        }
        const lastEventId = lastEventIdOf(request)
        checkTenant(query.tenant_id)
        const { tenant, isNobody } = tenantAskedFor(caller, query.tenant_id)
        const from = placeOf(query, lastEventId)
        // A tenant of which the caller may know nothing is followed as one that does not exist.
        const scope = { tenant: isNobody ? query.tenant_id : tenant, isHidden: isNobody }
        let tail: OpenedTail
        try {
          tail = await tails.open(caller, { ...scope, from, wants: wantedBy(query) })
        } catch (error) {
          throw byName(error, lastEventId)
        }
        reply.hijack()
        const headers = { ...reply.getHeaders(), 'content-type': format.contentType, 'x-accel-buffering': 'no' }
        reply.raw.writeHead(200, headers as Record<string, string>)
        try {
          await tail.run(reply.raw, {
            format,
            isResumed: typeof from === 'object' && 'after' in from && !from.after.includes('/'),
          })
        } catch (error) {
          request.log.error({ err: error }, 'a stream of events failed')
        }
      },
    }),
  ]
}

function formatOf({ format }: TailQuery, request: FastifyRequest): TailFormat {
  const isNdjson = format === undefined ? accepts(request, NDJSON) : format === 'ndjson'
  return isNdjson ? ndjson : sse
}

/** Null also for an empty one: a browser sends none before it had an id. */
function lastEventIdOf(request: FastifyRequest): string | null {
  const header = request.headers[LAST_EVENT_ID]
  return typeof header === 'string' && header !== '' ? header : null
}
