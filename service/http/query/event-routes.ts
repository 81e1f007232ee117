import { parseInput } from '../../../schemas/contract/parse-input.ts'
import { EventQuery } from '../../../schemas/contract/event-query.ts'
import { eventQueryFromJson } from '../../../schemas/json/event-query-json.ts'
import type { FastifyRequest } from 'fastify'
import { questions } from '../../questions/questions.ts'
import { NDJSON } from '../answers/send-lines.ts'
import { readBody } from '../body/read-body.ts'
import type { AskingParts } from '../http-parts.ts'
import { contentTypeOf, unsupported } from '../register-route.ts'
import type { AnyRoute, AnswerDescription } from '../route.ts'
import { answerEvents, limitOf } from './answer-events.ts'
import { Reading } from './consistency.ts'
import { EventParameters, eventQueryOf, PageParameters } from './event-query-parameters.ts'
import { IdPath } from './parameters.ts'
import { eventLine, eventPage } from './event-answer-schemas.ts'
import { questionRoute, type AskedQuestion } from './question-route.ts'

/** What a question may take, bytes. */
const MAX_QUERY_BYTES = 1 << 20

/** JSON, or what a client says that was not asked (`curl -d`). */
const JSON_TYPES: ReadonlySet<string> = new Set(['', 'application/json', 'application/x-www-form-urlencoded'])

const ANSWERS: Readonly<Record<number, AnswerDescription>> = {
  200: {
    description:
      'A page of the events that match, in the order of their instants. As lines: all of them, one envelope a line, and last a line ' +
      'with `count`, without which an answer is not whole.',
    content: { 'application/json': eventPage, [NDJSON]: eventLine },
  },
}

/** Finds events. */
export function eventRoutes(parts: AskingParts): AnyRoute[] {
  return [
    questionRoute(parts, {
      method: 'GET',
      path: '/v1/events',
      tag: 'Events',
      summary: 'Find events',
      query: EventParameters,
      examples: [
        { summary: 'Those of a chain', path: '/v1/events?chain_id=chain-1' },
        {
          summary: 'All outcomes, as lines',
          path: '/v1/events?kinds=OutcomeRecorded',
          headers: { Accept: 'application/x-ndjson' },
        },
      ],
      answers: ANSWERS,
      answer: (asked) => answer(asked, eventQueryOf(asked.query), asked.query),
    }),
    questionRoute(parts, {
      method: 'GET',
      path: '/v1/events/{id}',
      tag: 'Events',
      summary: 'The events with an id: several may have it, since producers reuse ids',
      params: IdPath,
      query: PageParameters,
      examples: [{ summary: 'By its id', path: '/v1/events/evt-1' }],
      answers: ANSWERS,
      answer: async ({ request, reply, placeFor, params: { id }, query: { tenant_id, limit, after, ...reading } }) => {
        const query = EventQuery.parse({ event_id: id, limit: limitOf(request, limit), after })
        const thing = after === null ? `event ${JSON.stringify(id)}` : undefined
        await answerEvents(request, reply, await placeFor(tenant_id, reading), query, thing)
      },
    }),
    questionRoute(parts, {
      method: 'POST',
      path: '/v1/events/query',
      tag: 'Events',
      summary: 'Find events, by a question as the contract has it',
      query: Reading,
      body: { description: 'An EventQuery', content: { 'application/json': EventQuery } },
      examples: [
        {
          summary: 'The latest three',
          body: { type: 'application/json', text: '{"kinds":["OutcomeRecorded"],"descending":true,"limit":3}' },
        },
      ],
      answers: ANSWERS,
      answer: async (asked) => answer(asked, await queryIn(asked.request), asked.query),
    }),
  ]
}

async function answer(
  { request, reply, placeFor }: AskedQuestion<unknown, unknown>,
  query: EventQuery,
  reading: Reading,
): Promise<void> {
  limitOf(request, query.limit)
  await answerEvents(request, reply, await placeFor(query.tenant_id, reading), query)
}

/** No body asks for all events. Errors: 400 naming the field, 413, 415. */
async function queryIn(request: FastifyRequest): Promise<EventQuery> {
  const type = contentTypeOf(request)
  if (type !== null && !JSON_TYPES.has(type)) throw unsupported('content-type', ['application/json'])
  const body = await readBody(request, MAX_QUERY_BYTES)
  return parseInput(questions.events.input, body.length === 0 ? {} : eventQueryFromJson(body))
}
