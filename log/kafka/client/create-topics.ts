import { ExperienceError } from '../../../base/experience-error.ts'
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
/** Topics of one request: a broker takes some 20 ms for each, and has to answer in time. */
const TOGETHER = 50
/** Records that topics of one request take in the controller's log, which has a limit of 10,000 for them. */
const CONTROLLER_RECORDS = 5000
/** What a topic takes there beside its partitions. */
const TOPIC_RECORDS = 8
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

/** What Kafka answered to a topic that was asked for; null where it is there. */
interface Outcome {
  readonly topic: NewTopic
  readonly error: Error | null
}

/** Creates topics that keep everything. */
export class TopicCreator {
  readonly #cluster: KafkaCluster
  readonly #options: ResolvedKafkaOptions
  /** How many topics one request may be for. */
  readonly together: number
  /** Whether the brokers are of a release before Kafka 3.6, as far as is known. */
  #areOld = false

  constructor(cluster: KafkaCluster, options: ResolvedKafkaOptions) {
    this.#cluster = cluster
    this.#options = options
    const withinLimit = Math.floor(CONTROLLER_RECORDS / (options.partitions + TOPIC_RECORDS))
    this.together = Math.max(1, Math.min(TOGETHER, withinLimit))
  }

  /** Creates the topics, unless another process was faster. Tells of each whether it is there, or why not. */
  async create(names: readonly string[]): Promise<Map<string, true | Error>> {
    const outcomes = await this.#ask(names, this.#areOld)
    const refused = this.#areOld ? [] : names.filter((name) => isInvalidConfig(errorIn(outcomes, name)))
    if (refused.length > 0) {
      const again = await this.#ask(refused, true)
      this.#areOld = refused.some((name) => errorIn(again, name) === null)
      for (const [name, outcome] of again) outcomes.set(name, outcome)
    }
    return new Map(Array.from(outcomes, ([name, outcome]) => [name, this.#answerOf(outcome)] as const))
  }

  /** Asks Kafka whether the topic could be created, and creates nothing. Rejects as Kafka would refuse. */
  async tryCreate(name: string): Promise<void> {
    const error = errorIn(await this.#ask([name], this.#areOld, true), name)
    if (error !== null) throw error
  }

  #answerOf(outcome: Outcome | Error): true | Error {
    if (outcome instanceof Error) return outcome
    return outcome.error === null ? true : this.#refusal(outcome.error, outcome.topic)
  }

  /**
   * What became of each topic that was asked for: a refusal has the broker's own words where it has some. What may pass is asked for
   * again; an error in place of an outcome did not pass in time.
   */
  async #ask(names: readonly string[], forOld: boolean, validateOnly = false): Promise<Map<string, Outcome | Error>> {
    const outcomes = new Map<string, Outcome | Error>()
    const attempt = async (): Promise<void> => {
      const { brokers, controller } = await this.#cluster.look([])
      const replicas = this.#options.replicationFactor ?? Math.min(3, brokers)
      const topics = names.filter((name) => !outcomes.has(name)).map((name) => this.#topic(name, replicas, forOld))
      // Not through kafkajs's admin, which asks for all topics each time and drops the words.
      const broker = lenient(await this.#cluster.broker(controller))
      const { topicErrors } = await broker.createTopics({ topics, timeout: CREATE_MS, validateOnly })
      const answers = new Map(topicErrors.map((answer) => [answer.topic, answer]))
      let passing: Error | null = null
      for (const topic of topics) {
        const answer = answers.get(topic.topic)
        const error = refusalIn(answer?.errorCode ?? 0, answer?.errorMessage ?? '')
        if (error !== null && isRetriable(error)) passing = error
        else outcomes.set(topic.topic, { topic, error })
      }
      if (passing !== null) throw passing
    }
    try {
      await retryFor(CREATE_MS, attempt)
    } catch (error) {
      for (const name of names) if (!outcomes.has(name)) outcomes.set(name, error as Error)
    }
    return outcomes
  }

  #topic(name: string, replicas: number, forOld: boolean): NewTopic {
    return {
      topic: name,
      numPartitions: this.#options.partitions,
      replicationFactor: replicas,
      configEntries: Object.entries(settings(replicas, forOld)).map(([key, value]) => ({ name: key, value })),
    }
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

function errorIn(outcomes: ReadonlyMap<string, Outcome | Error>, name: string): Error | null {
  const outcome = outcomes.get(name)
  return outcome instanceof Error ? outcome : (outcome?.error ?? null)
}

function isInvalidConfig(error: Error | null): boolean {
  return kafkaErrorType(error) === 'INVALID_CONFIG'
}

function refusalIn(code: number, words: string): Error | null {
  const error = errorOfCode(code)
  // As good, when another process was faster.
  if (error === undefined || kafkaErrorType(error) === 'TOPIC_ALREADY_EXISTS') return null
  if (words !== '') error.message = words
  return error
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
