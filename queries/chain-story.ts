import type { Statement } from '../projections/read-model-store.ts'
import { rollUpMeasures } from '../projections/events/roll-up.ts'
import { eventKinds } from '../schemas/contract/event-kind.ts'
import { EventQuery } from '../schemas/contract/event-query.ts'
import { instantText } from '../schemas/instant.ts'
import type { ChainLinks } from './chain-links.ts'
import { PLACE, placesOf } from './chain-places.ts'
import { orderOf } from './event-order.ts'
import type { QueryContext } from './query-context.ts'

/** What a chain's story adds up to. */
export interface ChainTotals {
  /** Events of the chain and those linked with it. */
  readonly events: bigint
  /** Those among them that name the chain themselves. */
  readonly own_events: bigint
  /** Only kinds that occur. */
  readonly by_kind: Readonly<Record<string, bigint>>
  readonly outcomes: bigint
  readonly passed: bigint
  /** Sums of what outcomes tell. */
  readonly latency_ms: bigint
  readonly tokens: bigint
  readonly cost_microdollars: bigint
  /** Of the first and the last event, ISO 8601 in UTC; null where there is none. */
  readonly first_instant: string | null
  readonly last_instant: string | null
}

/** Selects columns of a story's events, in the order of their instants: the first behind a cursor. Error: `InvalidQuery` (`after`). */
export function storyStatement(
  context: QueryContext,
  links: ChainLinks,
  columns: string,
  { after, limit }: { readonly after: string | null; readonly limit: bigint },
): Statement {
  const order = orderOf(EventQuery.parse({ tenant_id: links.query.tenant_id }))
  const { sql, params } = placesOf(context, links, after, `${order} LIMIT {limit:UInt64}`)
  return {
    sql: `SELECT ${columns} FROM ${context.store.table('events')}
      WHERE (${PLACE}) IN (SELECT ${PLACE} FROM (${sql}) ${order} LIMIT {limit:UInt64})
      ${order}`,
    params: { ...params, limit: limit.toString() },
  }
}

/** What the whole story adds up to. */
export async function storyTotals(context: QueryContext, links: ChainLinks): Promise<ChainTotals> {
  const { store } = context
  const { sql, params } = placesOf(context, links, null, '')
  const [row] = await store.query<TotalsRecord>({
    sql: `SELECT ${rollUpMeasures.events} AS events, countIf(chain_id = {chain_id:String}) AS own_events,
        sumMap(map(toString(kind), toUInt64(1))) AS kinds,
        countIf(${IS_OUTCOME}) AS outcomes, countIf(${IS_OUTCOME} AND passed) AS passed_outcomes,
        sumIf(toUInt128(latency_ms), ${IS_OUTCOME}) AS latency, sumIf(toUInt128(tokens), ${IS_OUTCOME}) AS token_sum,
        sumIf(toUInt128(cost_microdollars), ${IS_OUTCOME}) AS cost,
        toUnixTimestamp64Nano(min(instant)) AS first_ticks, toUnixTimestamp64Nano(max(instant)) AS last_ticks
      FROM ${store.table('events')} WHERE (${PLACE}) IN (SELECT ${PLACE} FROM (${sql}))`,
    params: { ...params, chain_id: links.query.chain_id },
  })
  return totalsOf(row!)
}

const IS_OUTCOME = "kind = 'OutcomeRecorded'"

interface TotalsRecord {
  readonly events: string
  readonly own_events: string
  readonly kinds: Readonly<Record<string, string>>
  readonly outcomes: string
  readonly passed_outcomes: string
  readonly latency: string | null
  readonly token_sum: string | null
  readonly cost: string | null
  readonly first_ticks: string
  readonly last_ticks: string
}

function totalsOf(row: TotalsRecord): ChainTotals {
  const isNone = row.events === '0'
  const counted = eventKinds.filter((kind) => row.kinds[kind] !== undefined)
  return {
    events: BigInt(row.events),
    own_events: BigInt(row.own_events),
    by_kind: Object.fromEntries(counted.map((kind) => [kind, BigInt(row.kinds[kind]!)])),
    outcomes: BigInt(row.outcomes),
    passed: BigInt(row.passed_outcomes),
    latency_ms: BigInt(row.latency ?? 0),
    tokens: BigInt(row.token_sum ?? 0),
    cost_microdollars: BigInt(row.cost ?? 0),
    first_instant: isNone ? null : instantText(BigInt(row.first_ticks)),
    last_instant: isNone ? null : instantText(BigInt(row.last_ticks)),
  }
}
