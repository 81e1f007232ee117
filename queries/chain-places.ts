import { EventQuery } from '../schemas/contract/event-query.ts'
import { AWAITED_GATE, type ChainLinks, type Link } from './chain-links.ts'
import { Conditions } from './clauses/conditions.ts'
import { addCursor } from './event-order.ts'
import type { QueryContext } from './query-context.ts'

/** What tells an event from every other, in the order of the primary key: that prunes what is read of the rows. */
export const PLACE = 'tenant_id, instant, topic, partition, offset'

const LINKS: readonly Link[] = ['proposal_id', 'fact_id', 'gate_id', 'correlation_id', 'trace_link_id']

interface Sql {
  readonly sql: string
  readonly params: Readonly<Record<string, unknown>>
}

/**
 * The places of a story's events behind a cursor: a SELECT for each link, so that each finds its events by an index of its own; `end` is
 * what each ends with. An event that names another chain belongs to that one's story alone. An id means something within its tenant only.
 */
export function placesOf(context: QueryContext, links: ChainLinks, after: string | null, end: string): Sql {
  const events = context.store.table('events')
  const params: Record<string, unknown> = {}
  const selects = [ownEvents(context, links), ...LINKS.flatMap((link) => linkedEvents(context, links, link) ?? [])]
  const query = EventQuery.parse({ tenant_id: links.query.tenant_id })
  const sql = selects.map((conditions) => {
    if (after !== null) addCursor(conditions, query, after)
    Object.assign(params, conditions.params)
    return `(SELECT ${PLACE}, logged_at, sequence FROM ${events} ${conditions.where} ${end})`
  })
  return { sql: sql.join(' UNION DISTINCT '), params }
}

function eventsOf({ prefix }: QueryContext, { tenant, query }: ChainLinks): Conditions {
  const conditions = new Conditions().within(prefix)
  return tenant === null ? conditions.tenant(query.tenant_id) : conditions.equals('tenant_id', tenant)
}

function ownEvents(context: QueryContext, links: ChainLinks): Conditions {
  return eventsOf(context, links).equals('chain_id', links.query.chain_id)
}

/** Events without a chain of their own that a link leads to; null where it leads nowhere. */
function linkedEvents(context: QueryContext, links: ChainLinks, link: Link): Conditions | null {
  const conditions = eventsOf(context, links).add('chain_id IS NULL')
  const ids = links.ids[link]
  if (ids !== null)
    return ids.length === 0 ? null : conditions.add(`${link} IN {${link}s:Array(String)}`, { [`${link}s`]: ids })
  const { sql, params } = idsOf(context, links, link)
  // Alone it lets the index of the column prune.
  conditions.add(`${link} IN (SELECT id FROM (${sql}))`, params)
  return links.tenant === null ? conditions.add(`(tenant_id, ${link}) IN (${sql})`) : conditions
}

/** Selects the ids, with their tenants, that a link is about. */
function idsOf(context: QueryContext, links: ChainLinks, link: Link): Sql {
  const naming = link === 'trace_link_id' ? linkedEvents(context, links, 'correlation_id') : ownEvents(context, links)
  const conditions = naming ?? eventsOf(context, links).add('false')
  const id = link === 'gate_id' ? AWAITED_GATE : link
  return {
    sql: `SELECT DISTINCT tenant_id, ${id} AS id FROM ${context.store.table('events')} ${conditions.add('id IS NOT NULL').where}`,
    params: conditions.params,
  }
}
