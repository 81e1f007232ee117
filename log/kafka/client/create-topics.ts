import { ExperienceError } from '../../../base/experience-error.ts'
import { Permits } from '../../../base/permits.ts'
import type { KafkaCluster } from './kafka-cluster.ts'
import { missingRightsText } from '../../rights/right-texts.ts'
import { isRetriable, kafkaErrorType, RightMissing, userOf } from './kafka-failure.ts'
import type { ResolvedKafkaOptions } from './kafka-options.ts'
import { errorOfCode, lenient } from './lenient-broker.ts'
import { retryFor } from './retry-for.ts'
import { refusalOf, topicRight } from './right-missing.ts'

interface NewTopic {
  readonly topic: string
  readonly numPartitions: number
  readonly replicationFactor: number
  readonly configEntries: { readonly name: string; readonly value: string }[]
}

const CREATE_MS = 10_000
const TOGETHER = 4
/**
 * Refusals that an administrator can do something about. (Kafka says `INVALID_CONFIG` also for what it does not know, and managed
 * services for what they do not let one choose.)
 */
const BY_ADMINISTRATORS: ReadonlySet<string | undefined> = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'POLICY_VIOLATION',
  'INVALID_CONFIG',
  'INVALID_PARTITIONS',
  'INVALID_REPLICATION_FACTOR',
])

/** Creates topics that keep everything. */
export class TopicCreator {
  readonly #cluster: KafkaCluster
  readonly #options: ResolvedKafkaOptions
  /** Whether the brokers are of a release before Kafka 3.6, as far as is known. */
  #areOld = false
  /** A broker answers one after another: the last of many topics that are asked for at once would seem to get no answer. */
  readonly #permits = new Permits(TOGETHER)

  constructor(cluster: KafkaCluster, options: ResolvedKafkaOptions) {
    this.#cluster = cluster
    this.#options = options
  }

  /** Creates the topic, unless another process was faster. */
  async create(name: string): Promise<void> {
    let { topic, error } = await this.#ask(name, this.#areOld)
    if (!this.#areOld && kafkaErrorType(error) === 'INVALID_CONFIG') {
      ;({ topic, error } = await this.#ask(name, true))
      this.#areOld = error === null
    }
    if (error !== null) throw this.#refusal(error, topic)
  }

  /** Asks Kafka whether the topic could be created, and creates nothing. Rejects as Kafka would refuse. */
  async tryCreate(name: string): Promise<void> {
    const { error } = await this.#ask(name, this.#areOld, true)
    if (error !== null) throw error
  }

  /** What was asked for, and the refusal, with the broker's own words where it has some. */
  #ask(name: string, forOld: boolean, validateOnly = false): Promise<{ topic: NewTopic; error: Error | null }> {
    const attempt = async (): Promise<{ topic: NewTopic; error: Error | null }> => {
      const { brokers, controller } = await this.#cluster.look([])
      const replicas = this.#options.replicationFactor ?? Math.min(3, brokers)
      const topic = {
        topic: name,
        numPartitions: this.#options.partitions,
        replicationFactor: replicas,
        configEntries: Object.entries(settings(replicas, forOld)).map(([key, value]) => ({ name: key, value })),
      }
      // Not through kafkajs's admin, which asks for all topics each time and drops the words.
      const broker = lenient(await this.#cluster.broker(controller))
      const { topicErrors } = await broker.createTopics({ topics: [topic], timeout: CREATE_MS, validateOnly })
      const error = errorOfCode(topicErrors[0]?.errorCode ?? 0)
      // As good, when another process was faster.
      if (error === undefined || kafkaErrorType(error) === 'TOPIC_ALREADY_EXISTS') return { topic, error: null }
      const words = topicErrors[0]?.errorMessage ?? ''
      if (words !== '') error.message = words
      if (isRetriable(error)) throw error
      return { topic, error }
    }
    return this.#permits.run(() => retryFor(CREATE_MS, attempt))
  }

  /** Names what an administrator has to create, where one can. */
  #refusal(error: Error, topic: NewTopic): Error {
    const type = kafkaErrorType(error)
    if (!BY_ADMINISTRATORS.has(type)) return error
    const refusal = refusalOf(error, topicRight('Create', topic.topic))
    const reason =
      refusal instanceof RightMissing
        ? missingRightsText([{ ...refusal.right, user: userOf(this.#options) }])
        : `Kafka rejected the request (${type}: ${error.message})`
    const message = `cannot create topic ${topic.topic}: ${reason}. An administrator can create it: ${this.#command(topic)}`
    return new ExperienceError('StorageError', message, { cause: error })
  }

  #command({ topic, numPartitions, replicationFactor, configEntries }: NewTopic): string {
    return [
      `kafka-topics.sh --bootstrap-server ${this.#options.brokers.join(',')} --create --topic ${topic}`,
      `--partitions ${numPartitions} --replication-factor ${replicationFactor}`,
      ...configEntries.map(({ name, value }) => `--config ${name}=${value}`),
    ].join(' ')
  }
}

/** Of a topic that is the source of truth: nothing in it ever expires. */
function settings(replicas: number, areOld: boolean): Readonly<Record<string, string>> {
  return {
    'retention.ms': '-1',
    'retention.bytes': '-1',
    'cleanup.policy': 'delete',
    'message.timestamp.type': 'CreateTime',
    // A producer whose clock is more than an hour ahead would be refused otherwise (KIP-937, Kafka 3.6); before, none was.
    ...(areOld ? {} : { 'message.timestamp.after.max.ms': String(2n ** 63n - 1n) }),
    ...(replicas >= 3 ? { 'min.insync.replicas': '2' } : {}),
  }
}
