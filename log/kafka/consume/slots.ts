import type { TopicPartition } from '../../../base/position.ts'
import { murmur2 } from '../../partitioner.ts'
import type { ClusterMetadata } from '../client/partition-groups.ts'

/**
 * What a group deals among its members, in place of partitions: each partition lies in a slot, by its topic's name, those of one topic
 * side by side. So a topic that is new has an owner at once, and the deal is of one size, however many topics there are.
 *
 * Another number is another deal: members that count differently must not meet in one group (`PROTOCOL_NAME`). With fewer, topics that
 * are busy share a slot more often; with more, the group's record in Kafka would hold fewer members.
 */
export const SLOTS = 1024

export function slotOf({ topic, partition }: TopicPartition): number {
  return ((murmur2(Buffer.from(topic)) >>> 0) + partition) % SLOTS
}

/** How many partitions of the topics whose names start with the prefix lie in each slot. */
export function slotWeights({ topics }: ClusterMetadata, topicPrefix: string): number[] {
  const weights = Array<number>(SLOTS).fill(0)
  for (const [topic, partitions] of topics) {
    if (!topic.startsWith(topicPrefix)) continue
    for (const { partition } of partitions) weights[slotOf({ topic, partition })]!++
  }
  return weights
}
