import type { TopicPartition } from '../../../base/position.ts'
import type { SeenPartition } from './look-at-topics.ts'

/** Partition ids and leaders of topics. */
export interface ClusterMetadata {
  readonly topics: ReadonlyMap<string, readonly SeenPartition[]>
}

/** The partitions of each leader. Those without a leader, or not in the metadata, are left out. */
export function groupByLeader<Partition extends TopicPartition>(
  metadata: ClusterMetadata,
  partitions: readonly Partition[],
): Map<number, Partition[]> {
  const groups = new Map<number, Partition[]>()
  for (const each of partitions) {
    const leader = metadata.topics.get(each.topic)?.find(({ partition }) => partition === each.partition)?.leader
    if (leader === undefined || leader < 0) continue
    const group = groups.get(leader)
    if (group === undefined) groups.set(leader, [each])
    else group.push(each)
  }
  return groups
}

/** Partitions in the form of Kafka's requests: a list of topics, each with its partitions. */
export function groupByTopic<Partition extends TopicPartition, Entry>(
  partitions: readonly Partition[],
  entry: (partition: Partition) => Entry,
): { topic: string; partitions: Entry[] }[] {
  const topics = new Map<string, Entry[]>()
  for (const each of partitions) {
    const entries = topics.get(each.topic)
    if (entries === undefined) topics.set(each.topic, [entry(each)])
    else entries.push(entry(each))
  }
  return [...topics].map(([topic, entries]) => ({ topic, partitions: entries }))
}
