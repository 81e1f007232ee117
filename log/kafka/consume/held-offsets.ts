import { ExperienceError } from '../../../base/experience-error.ts'
import { partitionText, type Position, type TopicPartition } from '../../../base/position.ts'
import type { PartitionOffsets } from '../../event-log.ts'
import { NEVER, pause } from '../../../base/waiting.ts'
import { EARLIEST, LATEST, type KafkaCluster } from '../client/kafka-cluster.ts'
import type { ClusterMetadata } from '../client/partition-groups.ts'

/** A new leader takes over within seconds of its predecessor's death. */
const ELECTION_TRIES = 12
const ELECTION_RETRY_MS = 500

export function partitionsOf({ topics: known }: ClusterMetadata, topics: readonly string[]): TopicPartition[] {
  return topics.flatMap((topic) => (known.get(topic) ?? []).map(({ partition }) => ({ topic, partition })))
}

/**
 * The offsets that the topics' partitions hold, up to the end of the log or of what read-committed readers see. While a leader is
 * elected, asks again for a while. Error: `Unavailable` where one is missing for longer.
 */
export async function heldOffsets(
  cluster: KafkaCluster,
  topics: readonly string[],
  isolation: 'committed' | 'uncommitted',
): Promise<PartitionOffsets[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await offsetsOfLeaders(cluster, topics, isolation)
    } catch (error) {
      const lacksLeader = error instanceof ExperienceError && error.retryable
      if (!lacksLeader || tries === ELECTION_TRIES) throw error
      await pause(ELECTION_RETRY_MS, NEVER)
    }
  }
}

/** For each partition, the first offset whose record has that time or a later one; its end where there is none. */
export async function offsetsAt(
  cluster: KafkaCluster,
  topics: readonly string[],
  timestamp: number,
): Promise<Position[]> {
  const held = await heldOffsets(cluster, topics, 'committed')
  // Kafka takes negative times for something else, and no record's time is earlier.
  if (timestamp < 0) return held.map(({ topic, partition, earliest }) => ({ topic, partition, offset: earliest }))
  const found = await cluster.offsets(await cluster.look(topics), held, timestamp)
  const places = new Map(found.map((each) => [partitionText(each), each.offset]))
  return held.map(({ topic, partition, next }) => {
    const place = places.get(partitionText({ topic, partition }))
    // Kafka says -1 where no record is that late. One in an open transaction is not held yet.
    return { topic, partition, offset: place === undefined || place < 0n || place > next ? next : place }
  })
}

/** A topic that one broker does not know may be new: those who look for its end rely on its absence. */
async function lookForEach(cluster: KafkaCluster, topics: readonly string[]): Promise<ClusterMetadata> {
  const seen = await cluster.look(topics)
  const unknown = topics.filter((topic) => !seen.topics.has(topic))
  if (unknown.length === 0) return seen
  const others = await cluster.lookByAll(unknown)
  return { topics: new Map([...others.flatMap((each) => [...each.topics]), ...seen.topics]) }
}

async function offsetsOfLeaders(
  cluster: KafkaCluster,
  topics: readonly string[],
  isolation: 'committed' | 'uncommitted',
): Promise<PartitionOffsets[]> {
  const metadata = await lookForEach(cluster, topics)
  const partitions = partitionsOf(metadata, topics)
  const [earliest, latest] = await Promise.all([
    cluster.offsets(metadata, partitions, EARLIEST),
    cluster.offsets(metadata, partitions, LATEST, isolation),
  ])
  const starts = new Map(earliest.map((each) => [partitionText(each), each.offset]))
  const ends = new Map(latest.map((each) => [partitionText(each), each.offset]))
  return partitions.map((partition) => {
    const name = partitionText(partition)
    const [start, next] = [starts.get(name), ends.get(name)]
    // To leave it out would be to say that it holds nothing.
    if (start === undefined || next === undefined) {
      throw new ExperienceError('Unavailable', `no leader answers for partition ${name}. Check that all brokers run`)
    }
    return { ...partition, earliest: start, next }
  })
}
