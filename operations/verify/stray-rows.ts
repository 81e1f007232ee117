import type { Dependencies } from '../dependencies.ts'
import { partitionText } from '../../base/position.ts'
import type { PartitionOffsets } from '../../log/event-log.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import type { Difference, FirstDifference } from './difference.ts'

export interface StrayParts extends Pick<Dependencies, 'log' | 'topics' | 'store'> {
  readonly generation: Generation
}

interface HeldRange {
  readonly topic: string
  readonly partition: number
  readonly lowest: string
  readonly latest: string
}

/**
 * Rows of offsets that the log does not hold, in the given topics or in all that the tables know; with `beyond`, only those from behind
 * what it holds.
 */
export async function strayRows(
  parts: StrayParts,
  among: readonly string[] | 'all',
  wanted: 'all' | 'beyond' = 'all',
): Promise<Difference[]> {
  const { eventsTable, deadLettersTable } = parts.generation
  return [
    ...(await straysOf(parts, among, wanted, { name: eventsTable, table: 'events', noun: 'events' })),
    ...(await straysOf(parts, among, wanted, { name: deadLettersTable, table: 'dead_letters', noun: 'dead letters' })),
  ]
}

interface SearchedTable {
  readonly name: string
  readonly table: FirstDifference['table']
  readonly noun: string
}

/**
 * The table is asked first: what it got from the log meanwhile is in the log when that is asked.
 */
async function straysOf(
  { log, topics, store }: StrayParts,
  among: readonly string[] | 'all',
  wanted: 'all' | 'beyond',
  searched: SearchedTable,
): Promise<Difference[]> {
  const held = await store.query<HeldRange>({
    sql: `SELECT topic, partition, min(offset) AS lowest, max(offset) AS latest FROM ${store.table(searched.name)}
      ${among === 'all' ? '' : 'WHERE topic IN {topics:Array(String)}'} GROUP BY topic, partition ORDER BY topic, partition`,
    params: among === 'all' ? {} : { topics: among },
  })
  const ours = held.map(({ topic }) => topic).filter((topic) => topic.startsWith(topics.topicPrefix('events')))
  const ends = new Map<string, PartitionOffsets>()
  for (const each of await log.offsets([...new Set(ours)])) ends.set(partitionText(each), each)

  const differences: Difference[] = []
  for (const range of held) {
    const { earliest, next } = ends.get(partitionText(range)) ?? { earliest: 0n, next: 0n }
    if (wanted === 'all' && BigInt(range.lowest) < earliest)
      differences.push(await strays(store, searched, range, { side: 'before', bound: earliest }))
    if (BigInt(range.latest) >= next)
      differences.push(await strays(store, searched, range, { side: 'beyond', bound: next }))
  }
  return differences
}

const sides = {
  before: { condition: 'offset < {bound:Int64}', words: 'from before the log begins' },
  beyond: { condition: 'offset >= {bound:Int64}', words: 'that the log lacks' },
} as const

async function strays(
  store: ReadModelStore,
  searched: SearchedTable,
  { topic, partition }: HeldRange,
  { side, bound }: { readonly side: keyof typeof sides; readonly bound: bigint },
): Promise<Difference> {
  const { condition, words } = sides[side]
  const named = searched.table === 'events' ? 'event_id, toString(kind)' : `'', ''`
  const [found] = await store.query<{ rows: string; position: string; id: string; name: string }>({
    sql: `SELECT count() AS rows, (min((offset, ${named})) AS first).1 AS position, first.2 AS id, first.3 AS name
      FROM ${store.table(searched.name)}
      WHERE topic = {topic:String} AND partition = {partition:Int32} AND ${condition}`,
    params: { topic, partition, bound: bound.toString() },
  })
  const { rows = '0', position = '', id = '', name = '' } = found ?? {}
  const event = searched.table === 'events' ? { event_id: id, kind: name } : {}
  const first = { table: searched.table, topic, partition, offset: position, ...event, what: 'extra' } as const
  return { topic, measure: `${searched.noun} of partition ${partition} ${words}`, log: '0', tables: rows, first }
}
