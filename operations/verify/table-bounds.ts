import type { PartitionOffsets } from '../../log/event-log.ts'

/** A condition of a statement, with its parameters. */
export interface TableBounds {
  readonly condition: string
  readonly params: Readonly<Record<string, unknown>>
}

/** What lies within the bounds of each of the partitions of one topic. */
export function withinPartitions(partitions: readonly PartitionOffsets[]): TableBounds {
  const params: Record<string, unknown> = { topic: partitions[0]?.topic ?? '' }
  const bounds = partitions.map(({ partition, earliest, next }, index) => {
    params[`partition${index}`] = partition
    params[`earliest${index}`] = earliest.toString()
    params[`next${index}`] = next.toString()
    return `(partition = {partition${index}:Int32}
      AND offset >= {earliest${index}:Int64} AND offset < {next${index}:Int64})`
  })
  return { condition: `topic = {topic:String} AND (${bounds.length === 0 ? 'false' : bounds.join(' OR ')})`, params }
}
