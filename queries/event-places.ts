import { Conditions } from './clauses/conditions.ts'
import type { QueryContext } from './query-context.ts'

/** Where the log holds a record that the tables know, and when it took it. */
export interface KnownPlace {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  /** Milliseconds since the epoch. */
  readonly taken_ms: string
}

export interface EventPlace extends KnownPlace {
  readonly kind: string
  /** The digest of its content as a decimal number. */
  readonly content: string
}

/** A dead letter that names the event. */
export interface DeadLetterPlace extends KnownPlace {
  readonly reason: string
  readonly message: string
  readonly field: string | null
}

/** The places of the events with an id, the first `most` that the log took. */
export function eventPlaces(
  { store }: QueryContext,
  { id, tenant, most }: { readonly id: string; readonly tenant: string | null; readonly most: number },
): Promise<EventPlace[]> {
  const conditions = new Conditions().tenant(tenant).equals('event_id', id)
  return store.query<EventPlace>({
    sql: `SELECT topic, partition, offset, toUnixTimestamp64Milli(logged_at) AS taken_ms, kind, toString(digest) AS content
      FROM ${store.table('events')} ${conditions.where}
      ORDER BY logged_at, topic, partition, offset LIMIT ${most}`,
    params: conditions.params,
  })
}

/** The places of the dead letters whose records name an event, in one topic of events or in all; the first `most`. */
export function deadLetterPlaces(
  { store }: QueryContext,
  { id, topic, most }: { readonly id: string; readonly topic: string | null; readonly most: number },
): Promise<DeadLetterPlace[]> {
  const conditions = new Conditions().equals('topic', topic).add("headers['event_id'] = {id:String}", { id })
  return store.query<DeadLetterPlace>({
    sql: `SELECT topic, partition, offset, toUnixTimestamp64Milli(logged_at) AS taken_ms, reason, message, field
      FROM ${store.table('dead_letters')} ${conditions.where}
      ORDER BY logged_at, topic, partition, offset LIMIT ${most}`,
    params: conditions.params,
  })
}
