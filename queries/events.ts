import type { Statement } from '../projections/read-model-store.ts'
import type { ExperienceEventEnvelope } from '../schemas/contract/envelope.ts'
import type { EventQuery } from '../schemas/contract/event-query.ts'
import { envelopeJsonOfParts, envelopeOfParts, type EnvelopeParts } from '../schemas/json/envelope-json.ts'
import { handedOut } from '../schemas/json/handed-out.ts'
import { analyticsConditions } from './clauses/filters.ts'
import { cursorOf } from './event-cursor.ts'
import { addCursor, orderOf, PLACE_COLUMNS } from './event-order.ts'
import type { QueryContext } from './query-context.ts'

/** An event as the read model holds it, in the forms that callers want; each is made when it is asked for. */
export class StoredEvent {
  readonly #record: EventRecord

  constructor(record: EventRecord) {
    this.#record = record
  }

  /** The envelope's JSON text, byte for byte as the reference prints it. */
  get json(): string {
    return envelopeJsonOfParts(this.#parts)
  }

  get envelope(): ExperienceEventEnvelope {
    return handedOut(envelopeOfParts(this.#parts))
  }

  /** What `after` of the next query takes, to go on behind this event. */
  get cursor(): string {
    const { ticks, topic, partition, offset, taken_ms: ms, sequence } = this.#record
    return cursorOf({ instant: ticks, topic, partition, offset, taken: { ms, sequence } })
  }

  get #parts(): EnvelopeParts {
    const { event_id, occurred_at, tenant_id, correlation_id, kind, payload } = this.#record
    return {
      event_id,
      occurred_at,
      tenant_id: tenant_id === '' ? null : tenant_id,
      correlation_id,
      kind,
      data: payload,
    }
  }
}

/** docs/contract.md §10: events in the order of their instants, then of their append (`orderOf`). Error: `InvalidQuery`. */
export async function queryEvents(context: QueryContext, query: EventQuery): Promise<StoredEvent[]> {
  const records = await context.store.query<EventRecord>(await eventStatement(context, query))
  return records.map((record) => new StoredEvent(record))
}

/** Events, and where the next page of them begins; null if no event of the answer is left out. */
export interface StoredEventPage {
  readonly events: readonly StoredEvent[]
  readonly next: string | null
}

/** As `queryEvents`; `limit` is the length of the page. */
export async function queryEventPage(context: QueryContext, query: EventQuery): Promise<StoredEventPage> {
  const events = await queryEvents(context, query)
  const isFull = query.limit !== null && BigInt(events.length) === query.limit
  return { events, next: isFull ? (events.at(-1)?.cursor ?? null) : null }
}

/** Events in pages, so that any number can be read in bounded memory. */
export async function* eventPages(
  context: QueryContext,
  query: EventQuery,
  pageSize: number,
): AsyncGenerator<StoredEvent[]> {
  let left = query.limit
  let after = query.after
  for (;;) {
    const limit = left === null || left > pageSize ? BigInt(pageSize) : left
    const page = await queryEvents(context, { ...query, limit, after })
    if (page.length > 0) yield page
    if (left !== null) left -= BigInt(page.length)
    after = page.at(-1)?.cursor ?? null
    if (page.length < pageSize || left === 0n) return
  }
}

/** An event as the table answers it. */
export interface EventRecord {
  readonly event_id: string
  readonly occurred_at: string
  readonly tenant_id: string
  readonly correlation_id: string | null
  readonly kind: string
  readonly payload: string
  readonly ticks: string
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly taken_ms: string
  readonly sequence: number
}

/** What an `EventRecord` is selected by. */
export const EVENT_COLUMNS = `event_id, occurred_at, tenant_id, correlation_id, kind, payload,
        ${PLACE_COLUMNS}`

/** Selects the events that match, in order. Error: `InvalidQuery`. */
export async function eventStatement(
  context: QueryContext,
  query: EventQuery,
  columns = EVENT_COLUMNS,
): Promise<Statement> {
  const conditions = (await analyticsConditions(context, query))
    .equals('correlation_id', query.correlation_id)
    .equals('chain_id', query.chain_id)
    .equals('event_id', query.event_id)
    .equals('trace_link_id', query.trace_link_id)
    .equals('artifact_id', query.artifact_id)
    .equals('proposal_id', query.proposal_id)
  if (query.kinds.length > 0) conditions.add('kind IN {kinds:Array(String)}', { kinds: query.kinds })
  if (query.after !== null) addCursor(conditions, query, query.after)

  if (query.limit !== null) conditions.params['limit'] = query.limit.toString()
  return {
    sql: `SELECT ${columns}
      FROM ${context.store.table('events')} ${conditions.where} ${orderOf(query)}${query.limit === null ? '' : ' LIMIT {limit:UInt64}'}`,
    params: conditions.params,
  }
}
