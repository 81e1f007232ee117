import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { positionText } from '../../../base/position.ts'
import { ArtifactKind, LifecycleEvent } from '../../../schemas/contract/artifact.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import { artifactTransition } from '../../../schemas/artifact-transition.ts'
import type { Caller } from '../access/caller.ts'
import { sendJson } from '../answers/send-json.ts'
import { readJson } from '../body/read-json.ts'
import { HttpError } from '../http-error.ts'
import type { IngestParts } from '../http-parts.ts'
import { POSITION_HEADER } from '../position-header.ts'
import { route, type AnyRoute } from '../route.ts'
import { IdPath } from './parameters.ts'

const Transition = z.strictObject({
  artifact_kind: ArtifactKind.describe('What the artifact is'),
  event: LifecycleEvent.strict().describe('What happened to it; forbidden transitions are recorded as well'),
})

/** Records what happened to artifacts. */
export function transitionRoutes({ producer, gate }: IngestParts): AnyRoute[] {
  return [
    route({
      method: 'POST',
      path: '/v1/artifacts/{id}/transitions',
      tag: 'Events',
      summary: 'Record a transition of an artifact',
      description:
        'Appends an event ArtifactStateTransitioned of an id of its own, with the time and the tenant of the lifecycle event.',
      needs: ['produce'],
      params: IdPath,
      body: { description: 'The transition.', content: { 'application/json': Transition } },
      examples: [
        {
          summary: 'A draft is approved',
          path: '/v1/artifacts/pack-1/transitions',
          body: {
            type: 'application/json',
            text:
              '{"artifact_kind":"Pack","event":{"from_state":"Draft","to_state":"Approved","timestamp":"2026-04-23T08:00:00Z",' +
              '"actor":"reviewer","reason":"scores hold"}}',
          },
        },
      ],
      answers: {
        201: {
          description: 'The log has it.',
          content: {
            'application/json': {
              type: 'object',
              required: ['event_id', 'position'],
              properties: { event_id: { type: 'string' }, position: { type: 'string' } },
            },
          },
        },
      },
      handle: async ({ params: { id }, caller, request, reply }) => {
        const pass = gate.enter(caller)
        try {
          const { artifact_kind, event } = await readJson(request, Transition)
          const tenant_id = tenantFor(caller, event.tenant_id)
          const event_id = `evt-${randomUUID()}`
          const envelope = { ...artifactTransition(event_id, id, artifact_kind, event), tenant_id }
          pass.took(1, Buffer.byteLength(jsonLine(envelope)))
          const position = positionText(await producer.append(envelope))
          void reply.header(POSITION_HEADER, position)
          sendJson(reply, { event_id, position }, 201)
        } finally {
          pass.leave()
        }
      },
    }),
  ]
}

/** A key of a tenant records for that tenant alone. Error: 403. */
function tenantFor({ tenant }: Caller, named: string | null): string | null {
  if (tenant === null || named === null || named === tenant) return named ?? tenant
  throw new HttpError(403, 'Forbidden', 'event.tenant_id: the key is of another tenant', { field: 'event.tenant_id' })
}
