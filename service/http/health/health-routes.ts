import { z } from 'zod'
import { sendJson } from '../answers/send-json.ts'
import type { HttpParts } from '../http-parts.ts'
import { route, type AnyRoute } from '../route.ts'

const Alive = z.strictObject({ status: z.literal('ok') })
const Readiness = z.strictObject({
  status: z.enum(['ready', 'not ready']),
  reasons: z.array(z.string()).describe('Why it is not ready; none when it is'),
})

/** Whether the process lives, is ready, and what it counts. None needs a key: what they tell names no tenant. */
export function healthRoutes({ notReady, metrics, stopping }: HttpParts): AnyRoute[] {
  return [
    route({
      method: 'GET',
      path: '/healthz',
      tag: 'Service',
      summary: 'Whether the process lives',
      needs: 'anyone',
      answers: { 200: { description: 'It does.', content: { 'application/json': Alive } } },
      handle: async ({ reply }) => sendJson(reply, { status: 'ok' }),
    }),
    route({
      method: 'GET',
      path: '/readyz',
      tag: 'Service',
      summary: 'Whether the process can do its work, and why not',
      needs: 'anyone',
      answers: {
        200: { description: 'It can.', content: { 'application/json': Readiness } },
        503: {
          description: 'It cannot, or it is stopping; `reasons` says why.',
          content: { 'application/json': Readiness },
          headers: { 'Retry-After': { description: 'When to ask again, seconds' } },
        },
      },
      handle: async ({ reply }) => {
        const reasons = stopping.aborted ? ['the process is stopping'] : await notReady()
        const isReady = reasons.length === 0
        if (!isReady) void reply.header('retry-after', '1')
        sendJson(reply, { status: isReady ? 'ready' : 'not ready', reasons }, isReady ? 200 : 503)
      },
    }),
    route({
      method: 'GET',
      path: '/metrics',
      tag: 'Service',
      summary: 'Counters and times, in the text format of Prometheus',
      needs: 'anyone',
      answers: { 200: { description: 'The metrics.', content: { 'text/plain': { type: 'string' } } } },
      handle: async ({ reply }) => {
        const text = await metrics.text()
        void reply.type(metrics.contentType).send(text)
      },
    }),
  ]
}
