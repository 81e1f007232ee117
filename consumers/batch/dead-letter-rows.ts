import { quoteText } from '../../base/quote-sql.ts'
import { partitionText, type TopicPartition } from '../../base/position.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import type { BadRecord } from '../read-record.ts'

const PARTITIONS_A_STATEMENT = 200

/**
 * Those bad records that are not among the dead letters. They are looked for by place and time, since a topic that was made anew has
 * records at the places of the old one. Errors: `Unavailable`, `StorageError`.
 */
export async function missingDeadLetters(
  store: ReadModelStore,
  table: string,
  bad: readonly BadRecord[],
): Promise<ReadonlySet<BadRecord>> {
  const bounds = [...boundsOf(bad)]
  const found = new Set<string>()
  for (let start = 0; start < bounds.length; start += PARTITIONS_A_STATEMENT) {
    const conditions = bounds.slice(start, start + PARTITIONS_A_STATEMENT).map(
      ({ topic, partition, first, last, earliest, latest }) =>
        `(topic = ${quoteText(topic)} AND logged_at >= fromUnixTimestamp64Milli(toInt64(${earliest})) AND
          logged_at <= fromUnixTimestamp64Milli(toInt64(${latest})) AND
          partition = ${partition} AND offset >= ${first} AND offset <= ${last})`,
    )
    const rows = await store.query<{ topic: string; partition: number; at: string; logged: string }>({
      sql: `SELECT topic, partition, offset AS at, toUnixTimestamp64Milli(logged_at) AS logged
        FROM ${store.table(table)} WHERE ${conditions.join(' OR ')}`,
    })
    for (const row of rows) found.add(`${partitionText(row)}/${row.at}/${row.logged}`)
  }
  return new Set(
    bad.filter(({ record }) => !found.has(`${partitionText(record)}/${record.offset}/${loggedAt(record)}`)),
  )
}

interface Bounds extends TopicPartition {
  first: bigint
  last: bigint
  earliest: bigint
  latest: bigint
}

function boundsOf(bad: readonly BadRecord[]): Iterable<Bounds> {
  const all = new Map<string, Bounds>()
  for (const { record } of bad) {
    const { topic, partition, offset } = record
    const at = loggedAt(record)
    const key = partitionText(record)
    const bounds = all.get(key)
    if (bounds === undefined) {
      all.set(key, { topic, partition, first: offset, last: offset, earliest: at, latest: at })
      continue
    }
    if (offset < bounds.first) bounds.first = offset
    if (offset > bounds.last) bounds.last = offset
    if (at < bounds.earliest) bounds.earliest = at
    if (at > bounds.latest) bounds.latest = at
  }
  return all.values()
}

/** A record's time as the table has it, ms. */
function loggedAt({ timestamp }: BadRecord['record']): bigint {
  return BigInt.asIntN(64, BigInt(Math.trunc(timestamp)))
}
