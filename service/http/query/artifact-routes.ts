import { z } from 'zod'
import { artifactsAfter, isArtifactPlace, placeOfArtifact } from '../../../queries/artifacts.ts'
import { ArtifactHistoryQuery, changesOf } from '../../../queries/artifact-history.ts'
import { ArtifactState } from '../../../schemas/contract/artifact.ts'
import { ArtifactQuery } from '../../../schemas/contract/artifact-query.ts'
import { optional, string } from '../../../schemas/contract/scalars.ts'
import { asking } from '../../questions/asking.ts'
import { sendJson } from '../answers/send-json.ts'
import { NDJSON } from '../answers/send-lines.ts'
import type { AskingParts } from '../http-parts.ts'
import type { AnyRoute } from '../route.ts'
import { answerEvents, limitOf, PAGE } from './answer-events.ts'
import { Reading } from './consistency.ts'
import { eventLine, eventPage, pageOf } from './event-answer-schemas.ts'
import { PageParameters } from './event-query-parameters.ts'
import { IdPath, lengthParameter } from './parameters.ts'
import { questionRoute } from './question-route.ts'

const KNOWN_KINDS = ['Adapter', 'Pack', 'Policy', 'TruthFile', 'EvalSuite'] as const

/** A kind of artifacts. A known kind in other letters is a slip: it would be taken for a kind of its own, and nothing be found. */
const kindParameter = string
  .refine((word) => knownAs(word) === undefined || knownAs(word) === word, {
    error: `must be spelt as one of ${KNOWN_KINDS.join(', ')}`,
  })
  .transform((word) => knownAs(word) ?? { Other: word })

function knownAs(word: string): (typeof KNOWN_KINDS)[number] | undefined {
  return KNOWN_KINDS.find((each) => each.toLowerCase() === word.toLowerCase())
}

const described = ArtifactQuery.shape

const ArtifactParameters = Reading.extend({
  tenant_id: optional(string).describe('Tenant'),
  artifact_id: optional(string).describe('Artifact'),
  kind: optional(kindParameter).describe(`${KNOWN_KINDS.join(', ')}, or the name of another kind`),
  state: optional(ArtifactState).describe(described.state.description ?? ''),
  limit: optional(lengthParameter).describe(described.limit.description ?? ''),
  after: optional(string.refine(isArtifactPlace, { error: 'is not a cursor of an earlier answer' })).describe(
    '`next` of an earlier answer: continue after its last artifact',
  ),
})

const artifactSchema = z.object({
  tenant_id: z.string().nullable(),
  artifact_id: z.string(),
  kind: z.unknown(),
  state: ArtifactState,
  since: z.string(),
  transitions: z.int(),
  forbidden_transitions: z.int(),
})

/** Tells where artifacts stand, and how they came there. */
export function artifactRoutes(parts: AskingParts): AnyRoute[] {
  return [
    questionRoute(parts, {
      method: 'GET',
      path: '/v1/artifacts',
      tag: 'Questions',
      summary: 'Where artifacts stand',
      query: ArtifactParameters,
      answers: {
        200: {
          description: 'A page of artifacts, by tenant and id.',
          content: { 'application/json': pageOf('artifacts', z.toJSONSchema(artifactSchema, { io: 'input' })) },
        },
      },
      answer: async ({ reply, placeFor, query: { consistency, as_of, after, ...asked } }) => {
        const limit = asked.limit ?? PAGE
        const place = await placeFor(asked.tenant_id, { consistency, as_of })
        const query = { ...asked, tenant_id: place.tenant, limit }
        const artifacts = await artifactsAfter(asking('artifacts', place.queries), query, after)
        const last = artifacts.at(-1)
        const next = BigInt(artifacts.length) === limit && last !== undefined ? placeOfArtifact(last) : null
        sendJson(reply, { artifacts, count: artifacts.length, next, freshness: place.freshness })
      },
    }),
    questionRoute(parts, {
      method: 'GET',
      path: '/v1/artifacts/{id}',
      tag: 'Questions',
      summary: 'How an artifact came to its state: its transitions and rollbacks',
      params: IdPath,
      query: PageParameters,
      examples: [{ summary: 'Where an artifact stands', path: '/v1/artifacts/pack-1' }],
      answers: {
        200: {
          description: 'A page of the events that changed it, in the order of their instants; as lines, all of them.',
          content: { 'application/json': eventPage, [NDJSON]: eventLine },
        },
      },
      answer: async ({ request, reply, placeFor, params: { id }, query: { tenant_id, limit, after, ...reading } }) => {
        limitOf(request, limit)
        const query = { ...changesOf(ArtifactHistoryQuery.parse({ artifact_id: id })), limit, after }
        const thing = after === null ? `artifact ${JSON.stringify(id)}` : undefined
        await answerEvents(request, reply, await placeFor(tenant_id, reading), query, thing)
      },
    }),
  ]
}
