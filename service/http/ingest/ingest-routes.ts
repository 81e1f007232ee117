import { z } from 'zod'
import type { IngestParts } from '../http-parts.ts'
import { route, type AnyRoute } from '../route.ts'
import { EventIntake } from './event-intake.ts'
import { ingestAnswers, ingestBody, ingestExamples } from './ingest-description.ts'

const Ingesting = z.strictObject({
  atomic: z
    .enum(['true', 'false'])
    .optional()
    .describe('Whether readers see all of the events or none: one that is at fault keeps out the others'),
})

/** Takes events into the log. */
export function ingestRoutes(parts: IngestParts): AnyRoute[] {
  const intake = new EventIntake(parts)
  return [
    route({
      method: 'POST',
      path: '/v1/events',
      tag: 'Events',
      summary: 'Append events',
      description:
        'Answers when the log holds the events. The same event again is no error: it counts once. Events of one tenant keep their order.',
      needs: ['produce'],
      query: Ingesting,
      body: ingestBody,
      examples: ingestExamples,
      answers: ingestAnswers,
      handle: ({ query, caller, request, reply }) => intake.handle(query.atomic === 'true', caller, request, reply),
    }),
  ]
}
