import type { FastifyReply, FastifyRequest } from 'fastify'
import type { StoredEvent } from '../../../queries/events.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import type { EventQuery } from '../../../schemas/types/query-types.ts'
import { questions } from '../../questions/questions.ts'
import { NDJSON, sendLines } from '../answers/send-lines.ts'
import { sendJsonText } from '../answers/send-json.ts'
import { HttpError } from '../http-error.ts'
import { accepts } from '../register-route.ts'
import type { Place } from './question-route.ts'

/** Events of a page whose length nobody asked for. */
export const PAGE = 100n
/** The longest page; an answer in lines may have any length. */
export const LONGEST_PAGE = 10_000n

/** Whether a client wants lines. A client that does not wants a page, which is limited. Error: 400 for a page that is too long. */
export function wantsLines(request: FastifyRequest, { limit }: Pick<EventQuery, 'limit'>): boolean {
  if (accepts(request, NDJSON)) return true
  if (limit === null || limit <= LONGEST_PAGE) return false
  const message = `limit: a page holds ${LONGEST_PAGE} events at most; with "Accept: ${NDJSON}" an answer has no limit`
  throw new HttpError(400, 'InvalidQuery', message, { field: 'limit' })
}

/** Sends a page of the events that match. */
export async function sendEventPage(reply: FastifyReply, place: Place, query: EventQuery): Promise<void> {
  const asked = { ...query, tenant_id: place.tenant, limit: query.limit ?? PAGE }
  const { events, next } = await questions.events.answer(place.queries, asked)
  const told = jsonLine({ count: events.length, next, freshness: place.freshness })
  sendJsonText(reply, `{"events":[${events.map(({ json }) => json).join(',')}],${told.slice(1)}`)
}

/** Sends all events that match, one a line, and last a line that counts them. */
export async function sendEventLines(reply: FastifyReply, place: Place, query: EventQuery): Promise<void> {
  const pages = await questions.eventPages.answer(place.queries, { ...query, tenant_id: place.tenant })
  // What fails before the first line is an error like any other.
  const first = await pages.next()
  await sendLines(reply, linesOf(first, pages, place, query))
}

async function* linesOf(
  first: IteratorResult<StoredEvent[], unknown>,
  pages: AsyncGenerator<StoredEvent[]>,
  { freshness }: Place,
  { limit }: EventQuery,
): AsyncGenerator<string> {
  let count = 0n
  let last: StoredEvent | undefined
  for (let page = first; page.done !== true; page = await pages.next()) {
    count += BigInt(page.value.length)
    last = page.value.at(-1)
    yield page.value.map(({ json }) => `${json}\n`).join('')
  }
  yield `${jsonLine({ count, next: count === limit ? (last?.cursor ?? null) : null, freshness })}\n`
}
