import type { FastifyReply, FastifyRequest } from 'fastify'
import { ExperienceError } from '../../../base/experience-error.ts'
import { boundedPages } from '../../../queries/bounded-pages.ts'
import { eventStatement, type StoredEvent } from '../../../queries/events.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import type { EventQuery } from '../../../schemas/types/query-types.ts'
import { asking } from '../../questions/asking.ts'
import { sendJsonText } from '../answers/send-json.ts'
import { NDJSON, sendLines } from '../answers/send-lines.ts'
import { HttpError } from '../http-error.ts'
import { accepts } from '../register-route.ts'
import { LONGEST_PAGE } from './parameters.ts'
import type { Place } from './question-route.ts'

/** Events of a page whose length nobody asked for. */
export const PAGE = 100n

/** Events that are in memory at once, of an answer in lines. */
const PAGE_ROWS = 5000
/** A page that has as many characters is not made longer. */
const PAGE_CHARACTERS = 32 << 20

/** Events to send, and what else is told of them at the end. */
export interface EventsToSend {
  /** How many at most; null for all. */
  readonly limit: bigint | null
  /** Told before the freshness of the answer. */
  readonly beside?: Readonly<Record<string, unknown>>
  /** What there is none of where no event is found: that is a 404 then. Default: an answer may be empty. */
  readonly thing?: string | undefined
  readonly pages: AsyncGenerator<StoredEvent[]>
}

/** Sends the events that match a question. Error: 404 (`thing`). */
export async function answerEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  place: Place,
  query: EventQuery,
  thing?: string,
): Promise<void> {
  const asked = { ...query, tenant_id: place.tenant, limit: limitOf(request, query.limit) }
  const queries = asking('events', place.queries)
  const pages = boundedPages(
    queries,
    (columns, after, most) => eventStatement(queries, { ...asked, after, limit: most }, columns),
    { after: asked.after, limit: asked.limit, rows: PAGE_ROWS },
  )
  await sendEvents(request, reply, place, { limit: asked.limit, pages, thing })
}

/** How many events are sent at most: a page has a length, lines need none. Error: 400 for a page that is too long. */
export function limitOf(request: FastifyRequest, limit: bigint | null): bigint | null {
  if (accepts(request, NDJSON)) return limit
  if (limit === null) return PAGE
  if (limit <= LONGEST_PAGE) return limit
  const message = `limit: a page holds ${LONGEST_PAGE} at most; with "Accept: ${NDJSON}" an answer has no limit`
  throw new HttpError(400, 'InvalidQuery', message, { field: 'limit' })
}

/** Sends events as a page or, where the client would rather have them, as lines: one envelope each, and last a line that counts them. */
export async function sendEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  place: Place,
  events: EventsToSend,
): Promise<void> {
  // What fails before the first line is an error like any other.
  const first = await events.pages.next()
  if (first.done === true && events.thing !== undefined)
    throw new ExperienceError('NotFound', `there is no ${events.thing}`)
  if (accepts(request, NDJSON)) await sendLines(reply, linesOf(first, events, place))
  else sendJsonText(reply, await pageOf(first, events, place))
}

/** A page that would take too many bytes ends earlier, with a cursor. */
async function pageOf(
  first: IteratorResult<StoredEvent[], unknown>,
  events: EventsToSend,
  place: Place,
): Promise<string> {
  const texts: string[] = []
  let last: StoredEvent | undefined
  let characters = 0
  for (let page = first; page.done !== true; page = await events.pages.next()) {
    for (const event of page.value) {
      const { json } = event
      texts.push(json)
      characters += json.length
    }
    last = page.value.at(-1)
    if (characters >= PAGE_CHARACTERS) break
  }
  const count = BigInt(texts.length)
  const isCut = characters >= PAGE_CHARACTERS
  const end = endOf(isCut ? { ...events, limit: count } : events, place, count, last)
  return `{"events":[${texts.join(',')}],${end.slice(1)}`
}

async function* linesOf(
  first: IteratorResult<StoredEvent[], unknown>,
  events: EventsToSend,
  place: Place,
): AsyncGenerator<string> {
  let count = 0n
  let last: StoredEvent | undefined
  for (let page = first; page.done !== true; page = await events.pages.next()) {
    count += BigInt(page.value.length)
    last = page.value.at(-1)
    place.checkStillIn()
    yield page.value.map(({ json }) => `${json}\n`).join('')
  }
  place.checkStillIn()
  yield `${endOf(events, place, count, last)}\n`
}

function endOf(
  { limit, beside = {} }: EventsToSend,
  { freshness }: Place,
  count: bigint,
  last: StoredEvent | undefined,
): string {
  const cursor = last?.cursor ?? null
  return jsonLine({ count, next: count === limit ? cursor : null, last: cursor, ...beside, freshness })
}
