import type { PartitionOffsets } from '../../log/event-log.ts'

/** Topics, each with its partitions. */
export type TopicGroup = ReadonlyMap<string, readonly PartitionOffsets[]>

/** Of one statement: their names make it some 200 kB long, and ClickHouse takes one of 50,000 parts at most. */
const PARTITIONS = 1000
/** Records of all topics of a chunk: their digests are in memory together. A topic that holds more is a chunk of its own. */
const RECORDS = 500_000n

/** Divides topics into chunks that are worth a statement: thousands of tenants have a few events each. */
export function* topicChunks(partitions: readonly PartitionOffsets[]): Generator<TopicGroup> {
  let chunk = new Map<string, readonly PartitionOffsets[]>()
  let records = 0n
  let width = 0
  for (const [topic, own] of byTopic(partitions)) {
    const held = own.reduce((sum, { earliest, next }) => sum + next - earliest, 0n)
    if (chunk.size > 0 && (width + own.length > PARTITIONS || records + held > RECORDS)) {
      yield chunk
      chunk = new Map()
      records = 0n
      width = 0
    }
    chunk.set(topic, own)
    records += held
    width += own.length
  }
  if (chunk.size > 0) yield chunk
}

function byTopic(partitions: readonly PartitionOffsets[]): TopicGroup {
  const topics = new Map<string, PartitionOffsets[]>()
  for (const partition of partitions) {
    const own = topics.get(partition.topic)
    if (own === undefined) topics.set(partition.topic, [partition])
    else own.push(partition)
  }
  return topics
}
