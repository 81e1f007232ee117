import { quoteText } from '../../base/quote-sql.ts'
import { partitionText } from '../../base/position.ts'
import type { PartitionOffsets } from '../../log/event-log.ts'

/** A condition of a statement, with its parameters. */
export interface TableBounds {
  readonly condition: string
  readonly params: Readonly<Record<string, unknown>>
}

/** What lies within the bounds of each of the partitions, of one topic or many. */
export function withinPartitions(partitions: readonly PartitionOffsets[]): TableBounds {
  const topics = [...new Set(partitions.map(({ topic }) => topic))]
  return topics.length > 1 ? ofManyTopics(topics, partitions) : ofOneTopic(topics[0] ?? '', partitions)
}

function ofOneTopic(topic: string, partitions: readonly PartitionOffsets[]): TableBounds {
  const params: Record<string, unknown> = { topic }
  const bounds = partitions.map(({ partition, earliest, next }, index) => {
    params[`partition${index}`] = partition
    params[`earliest${index}`] = earliest.toString()
    params[`next${index}`] = next.toString()
    return `(partition = {partition${index}:Int32}
      AND offset >= {earliest${index}:Int64} AND offset < {next${index}:Int64})`
  })
  return { condition: `topic = {topic:String} AND (${bounds.length === 0 ? 'false' : bounds.join(' OR ')})`, params }
}

/** As literals: parameters go into the address of a request, which servers limit to some kB. */
function ofManyTopics(topics: readonly string[], partitions: readonly PartitionOffsets[]): TableBounds {
  const names = partitions.map((each) => quoteText(partitionText(each))).join(',')
  const bound = (offsets: readonly bigint[], otherwise: string): string =>
    `transform(concat(topic, '/', toString(partition)), [${names}],
      CAST([${offsets.join(',')}], 'Array(Int64)'), toInt64(${otherwise}))`
  const earliest = bound(
    partitions.map((each) => each.earliest),
    '9223372036854775807',
  )
  const next = bound(
    partitions.map((each) => each.next),
    '0',
  )
  const condition = `topic IN (${topics.map(quoteText).join(',')}) AND offset >= ${earliest} AND offset < ${next}`
  return { condition, params: {} }
}
