import type { Assigner, Cluster, Kafka } from 'kafkajs'
import type { Offset, Position, TopicPartition } from '../../../base/position.ts'
import { within } from '../../../base/waiting.ts'
import { askForBrokersOnly } from './ask-for-brokers-only.ts'
import type { KafkaBroker } from './kafka-broker.ts'
import type { ResolvedKafkaOptions } from './kafka-options.ts'
import { isLasting, RightMissing } from './kafka-failure.ts'
import { lenient } from './lenient-broker.ts'
import { LastLook, lookAtNamed, lookAtTopics, type TopicsSeen } from './look-at-topics.ts'
import kafkajs from './mended-kafkajs.ts'
import { groupByLeader, groupByTopic, type ClusterMetadata } from './partition-groups.ts'
import { inParts } from './request-parts.ts'
import { topicRight } from './right-missing.ts'

const COORDINATORS = { group: 0, transactions: 1 } as const
/** How long a broker may take to tell what it knows: one that hangs must not keep others from being asked. */
const LOOK_MS = 5000
/** What a request takes of each partition beside the name. */
const PARTITION_BYTES = 24
const READ_UNCOMMITTED = 0
const READ_COMMITTED = 1
export const EARLIEST = -2
export const LATEST = -1

const UNUSED_ASSIGNER: Assigner = {
  name: 'unused',
  version: 0,
  assign: async () => [],
  protocol: () => ({ name: 'unused', metadata: Buffer.alloc(0) }),
}

/**
 * A Kafka client for kafkajs's parts to share. It logs nothing: every error reaches the caller, and kafkajs's log would go to
 * stdout.
 */
export function createKafka(options: ResolvedKafkaOptions, retries = 5): Kafka {
  return new kafkajs.Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId,
    ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
    ...(options.sasl === undefined ? {} : { sasl: options.sasl }),
    connectionTimeout: 3000,
    requestTimeout: 15_000,
    retry: { retries, initialRetryTime: 100, maxRetryTime: 3000 },
    logLevel: kafkajs.logLevel.NOTHING,
    logCreator: () => () => undefined,
  })
}

/**
 * Connections to the brokers of a cluster, and the requests that reading takes. kafkajs hands its cluster to partition
 * assigners, its documented extension point, when a consumer is created; that consumer itself is never run. (Its run loop
 * commits under whatever generation is current, swallows commits while it stops, hides batches that hold only markers, and
 * lets a fetch wait for the slowest handler: tulios/kafkajs #1046, #1277, #1616, #1764.)
 *
 * Topics are never made its "target topics": one of them deleted would fail every later refresh.
 */
export class KafkaCluster {
  readonly #cluster: Cluster
  readonly #connecting = new Map<number, Promise<KafkaBroker>>()
  readonly #lastLook = new LastLook()

  constructor(kafka: Kafka) {
    let captured: Cluster | undefined
    const capture = ({ cluster }: { cluster: Cluster }): Assigner => {
      captured = cluster
      return UNUSED_ASSIGNER
    }
    kafka.consumer({ groupId: 'unused', allowAutoTopicCreation: false, partitionAssigners: [capture] })
    if (captured === undefined) throw new Error('kafkajs did not hand its cluster to the assigner')
    askForBrokersOnly(captured)
    this.#cluster = captured
  }

  async connect(): Promise<void> {
    await this.#cluster.connect()
    await this.#cluster.refreshMetadata()
  }

  disconnect(): Promise<void> {
    return this.#cluster.disconnect()
  }

  /** The broker, connected. Those that ask at once share the attempt: kafkajs would make one each, and leak sockets. */
  broker(nodeId: number): Promise<KafkaBroker> {
    const found = this.#connecting.get(nodeId)
    if (found !== undefined) return found
    const connecting = this.#cluster
      .findBroker({ nodeId: String(nodeId) })
      .then((broker) => broker as unknown as KafkaBroker)
      .finally(() => this.#connecting.delete(nodeId))
    this.#connecting.set(nodeId, connecting)
    return connecting
  }

  /** The broker that looks after a consumer group, or after the transactions of an id. */
  async coordinator(id: string, of: 'group' | 'transactions' = 'group'): Promise<KafkaBroker> {
    const request = { groupId: id, coordinatorType: COORDINATORS[of] }
    try {
      return (await this.#cluster.findGroupCoordinator(request)) as unknown as KafkaBroker
    } catch (error) {
      // kafkajs keeps to itself what the brokers said.
      await (await this.anyBroker()).findGroupCoordinator(request)
      throw error
    }
  }

  /**
   * The topics as one of the brokers sees them, all that this client may see or those named; what does not exist is left out. Error:
   * `RightMissing` for a name that it may not see.
   */
  async look(topics?: readonly string[]): Promise<TopicsSeen> {
    return within(
      LOOK_MS,
      this.anyBroker().then((broker) => lookAt(broker, topics, this.#lastLook)),
    )
  }

  /** As `look` at all topics. Error: `RightMissing` where this client may see none whose name starts with the prefix, even if there were some. */
  async lookFor(topicPrefix: string): Promise<TopicsSeen> {
    const seen = await this.look()
    const isFound = [...seen.topics.keys()].some((topic) => topic.startsWith(topicPrefix))
    // The prefix could itself be a topic's name, and who may see all that start with it may ask for it.
    if (isFound || topicPrefix === '') return seen
    const { refused } = await lookAtTopics(await this.anyBroker(), { names: [topicPrefix] })
    if (refused.size > 0) throw new RightMissing({ ...topicRight('Describe', topicPrefix), isPrefix: true })
    return seen
  }

  /** The topics named, as each of the brokers that answer sees them: one may learn of a change later than another. */
  async lookByAll(topics: readonly string[]): Promise<TopicsSeen[]> {
    await this.anyBroker()
    const looking = this.#cluster
      .getNodeIds()
      .map(Number)
      .map((nodeId) =>
        within(
          LOOK_MS,
          this.broker(nodeId).then((broker) => lookAt(broker, topics)),
        ),
      )
    const looks = await Promise.allSettled(looking)
    const seen = looks.flatMap((look) => (look.status === 'fulfilled' ? [look.value] : []))
    return seen.length > 0 ? seen : Promise.all(looking)
  }

  /**
   * The earliest or the latest offset of each partition whose leader answers for it, or the first of a time (ms), which is -1 where
   * there is none. Latest means the end of what read-committed readers see, or with `uncommitted` the end of the log.
   */
  async offsets(
    metadata: ClusterMetadata,
    partitions: readonly TopicPartition[],
    timestamp: number,
    isolation: 'committed' | 'uncommitted' = 'committed',
  ): Promise<Position[]> {
    const isolationLevel = isolation === 'committed' ? READ_COMMITTED : READ_UNCOMMITTED
    const parts = [...groupByLeader(metadata, partitions)].flatMap(([leader, ours]) =>
      [...inParts(ours, ({ topic }) => topic.length + PARTITION_BYTES)].map((part) => ({ leader, part })),
    )
    const responses = await Promise.all(
      parts.map(async ({ leader, part }) => {
        const topics = groupByTopic(part, ({ partition }) => ({ partition, timestamp }))
        const request = { replicaId: -1, isolationLevel, topics }
        try {
          const asking = this.broker(leader).then((broker) => lenient(broker).listOffsets(request))
          return (await within(LOOK_MS, asking)).responses
        } catch (error) {
          if (isLasting(error)) throw error
          return []
        }
      }),
    )
    return responses
      .flat()
      .flatMap(({ topic, partitions: found }) =>
        found
          .filter(({ errorCode }) => errorCode === 0)
          .map(({ partition, offset }) => ({ topic, partition, offset: BigInt(offset) as Offset })),
      )
  }

  /** Any broker that can be connected to. */
  async anyBroker(): Promise<KafkaBroker> {
    const nodes = this.#cluster.getNodeIds()
    const start = Math.floor(Math.random() * nodes.length)
    for (const index of nodes.keys()) {
      try {
        return await this.broker(Number(nodes[(start + index) % nodes.length]))
      } catch {
        // The next may answer; if none does, connecting anew says why.
      }
    }
    await this.connect()
    return this.broker(Number(this.#cluster.getNodeIds()[0]))
  }
}

async function lookAt(
  broker: KafkaBroker,
  names: readonly string[] | undefined,
  lastLook?: LastLook,
): Promise<TopicsSeen> {
  const seen = names === undefined ? await lookAtTopics(broker, { lastLook }) : await lookAtNamed(broker, names)
  const [refused] = seen.refused
  if (refused !== undefined) throw new RightMissing(topicRight('Describe', refused))
  return seen
}
