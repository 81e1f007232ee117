import { partitionText } from '../../base/position.ts'
import type { PartitionOffsets } from '../../log/event-log.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { EVENTS_VIEW, liveGenerationId } from '../../projections/views/create-views.ts'
import { kindViews } from '../../projections/views/kind-views.ts'
import type { Difference } from './difference.ts'

interface Count {
  readonly source: string
  readonly place: string
  readonly name: string
  readonly found: string
}

const TABLE = ''
const TOPICS_A_STATEMENT = 50

/**
 * Compares what readers see with the table, where readers follow this generation: the rows of the view `events`, and of each
 * kind's view, topic by topic and within the given offsets, so that what is projected meanwhile does not count.
 */
export async function differingViews(
  store: ReadModelStore,
  generation: Generation,
  endOfLog: readonly PartitionOffsets[],
): Promise<Difference[]> {
  if ((await liveGenerationId(store)) !== generation.id) return []
  const topics = [...new Set(endOfLog.map(({ topic }) => topic))]
  const differences: Difference[] = []
  for (let start = 0; start < topics.length; start += TOPICS_A_STATEMENT) {
    const chunk = new Set(topics.slice(start, start + TOPICS_A_STATEMENT))
    const counts = await count(
      store,
      generation,
      endOfLog.filter(({ topic }) => chunk.has(topic)),
    )
    differences.push(...compareViews(counts))
  }
  return differences
}

async function count(
  store: ReadModelStore,
  generation: Generation,
  partitions: readonly PartitionOffsets[],
): Promise<Count[]> {
  const counting = (source: string, from: string, kind: string): string =>
    `SELECT '${source}' AS source, toString(topic) AS place, ${kind} AS name, count() AS found FROM ${store.table(from)}
      WHERE topic IN {topics:Array(String)} AND offset
        < transform(concat(topic, '/', toString(partition)), {partitions:Array(String)}, {ends:Array(Int64)}, toInt64(0))
      GROUP BY place, name`
  return store.query<Count>({
    sql: [
      counting(TABLE, generation.eventsTable, 'toString(kind)'),
      counting(EVENTS_VIEW, EVENTS_VIEW, 'toString(kind)'),
      ...kindViews.map(({ name, kind }) => counting(name, name, `'${kind}'`)),
    ].join(' UNION ALL '),
    params: {
      topics: [...new Set(partitions.map(({ topic }) => topic))],
      partitions: partitions.map(partitionText),
      ends: partitions.map(({ next }) => next),
    },
  })
}

function compareViews(counts: readonly Count[]): Difference[] {
  const found = new Map(counts.map(({ source, place, name, found: rows }) => [`${source}/${place}/${name}`, rows]))
  const topics = [...new Set(counts.map(({ place }) => place))]
  return topics.flatMap((topic) =>
    kindViews.flatMap(({ name: view, kind }) => {
      const expected = found.get(`${TABLE}/${topic}/${kind}`) ?? '0'
      return [EVENTS_VIEW, view].flatMap((source) => {
        const actual = found.get(`${source}/${topic}/${kind}`) ?? '0'
        const measure = `${kind} in the view ${source}`
        return actual === expected ? [] : [{ topic, measure, log: expected, tables: actual }]
      })
    }),
  )
}
