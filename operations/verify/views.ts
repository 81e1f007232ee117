import type { PartitionOffsets } from '../../log/event-log.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { EVENTS_VIEW, liveGenerationId } from '../../projections/views/create-views.ts'
import { kindViews } from '../../projections/views/kind-views.ts'
import type { Difference } from './difference.ts'
import { withinPartitions } from './table-bounds.ts'
import { topicChunks } from './topic-chunks.ts'

interface Count {
  readonly source: string
  readonly place: string
  readonly name: string
  readonly found: string
}

const TABLE = ''

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
  const differences: Difference[] = []
  for (const chunk of topicChunks(endOfLog))
    differences.push(...compareViews(await count(store, generation, [...chunk.values()].flat())))
  return differences
}

async function count(
  store: ReadModelStore,
  generation: Generation,
  partitions: readonly PartitionOffsets[],
): Promise<Count[]> {
  const { condition, params } = withinPartitions(partitions)
  const rowsOf = (source: string, from: string, kind: string): string =>
    `SELECT '${source}' AS source, topic, partition, offset, ${kind} AS name FROM ${store.table(from)}`
  const sources = [
    rowsOf(TABLE, generation.eventsTable, 'toString(kind)'),
    rowsOf(EVENTS_VIEW, EVENTS_VIEW, 'toString(kind)'),
    ...kindViews.map(({ name, kind }) => rowsOf(name, name, `'${kind}'`)),
  ]
  // The condition stands once: of a thousand topics it is long, and a server limits the parts of a statement.
  return store.query<Count>({
    sql: `SELECT source, toString(topic) AS place, name, count() AS found FROM (${sources.join(' UNION ALL ')})
      WHERE ${condition} GROUP BY source, place, name`,
    params,
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
