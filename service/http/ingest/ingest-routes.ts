import { positionText, type Position } from '../../../base/position.ts'
import { readBody } from '../body/read-body.ts'
import { sendJson } from '../answers/send-json.ts'
import type { IngestParts } from '../http-parts.ts'
import { route, type AnyRoute } from '../route.ts'

/** Takes events into the log. */
export function ingestRoutes({ producer }: IngestParts): AnyRoute[] {
  return [
    route({
      method: 'POST',
      path: '/v1/events',
      tag: 'Events',
      summary: 'Append events',
      needs: ['produce'],
      answers: { 200: { description: 'All were accepted.' } },
      handle: async ({ request, reply }) => {
        const position: Position = await producer.appendJson(await readBody(request, 1 << 20))
        sendJson(reply, { accepted: 1, rejected: 0, duplicates: null, errors: [], positions: [positionText(position)] })
      },
    }),
  ]
}
