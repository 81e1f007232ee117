import { ExperienceError } from '../../../base/experience-error.ts'
import { GatheredQuestions } from '../../../base/gathered-questions.ts'
import { DEFAULT_MAX_BATCH_BYTES } from '../../record-size.ts'
import { NEVER, pause } from '../../../base/waiting.ts'
import { TopicCreator } from './create-topics.ts'
import { topicSettings } from './describe-topics.ts'
import type { KafkaCluster } from './kafka-cluster.ts'
import { kafkaErrorType, RightMissing } from './kafka-failure.ts'
import type { ResolvedKafkaOptions } from './kafka-options.ts'
import { errorOfCode } from './lenient-broker.ts'
import { lookAtNamed, type TopicsSeen } from './look-at-topics.ts'
import { retryFor } from './retry-for.ts'
import { needing, topicRight } from './right-missing.ts'

export interface KafkaTopic {
  readonly partitions: number
  /** `max.message.bytes`: Kafka counts a whole batch against it. Null where this client may not see it. */
  readonly maxBatchBytes: number | null
}

/** Topics of one request. */
const LOOKED_AT_TOGETHER = 500
const LEADER_NOT_AVAILABLE = 5
const CACHE_MS = 5 * 60_000
const LEADER_TRIES = 10
const CREATED_MS = 15_000
const DELETE_REQUEST_MS = 10_000
const SETTINGS_MS = 10_000
const LEADER_RETRY_MS = 100
const DELETE_MS = 30_000
const DELETED_RETRY_MS = 50

/** Knows the topics that are written to, creates those that are missing, and deletes. */
export class KafkaTopics {
  readonly #cluster: KafkaCluster
  readonly #creator: TopicCreator
  readonly #looks: GatheredQuestions<string, KafkaTopic | null>
  readonly #creations: GatheredQuestions<string, KafkaTopic>
  readonly #known = new Map<string, { readonly topic: Promise<KafkaTopic>; readonly until: number }>()

  constructor(cluster: KafkaCluster, options: ResolvedKafkaOptions) {
    this.#cluster = cluster
    this.#creator = new TopicCreator(cluster, options)
    this.#looks = new GatheredQuestions({ most: LOOKED_AT_TOGETHER, ask: (names) => this.#findAll(names) })
    this.#creations = new GatheredQuestions({
      most: this.#creator.together,
      ask: (names) => this.#create(names),
    })
  }

  /** The topic as it is, created if it is missing. */
  ensure(name: string): Promise<KafkaTopic> {
    const known = this.#lookUp(name)
    if (known !== undefined) return known
    const topic = this.#find(name).then((found) => found ?? this.#creations.ask(name))
    this.#known.set(name, { topic, until: performance.now() + CACHE_MS })
    topic.catch(() => this.forget(name))
    return topic
  }

  /** To be called when Kafka refused a topic that was known. */
  forget(name: string): void {
    this.#known.delete(name)
  }

  /** `max.message.bytes` of the topic, or Kafka's default while the topic does not exist or hides it. */
  async maxBatchBytes(name: string): Promise<number> {
    const topic = await (this.#lookUp(name) ?? this.#find(name))
    return topic?.maxBatchBytes ?? DEFAULT_MAX_BATCH_BYTES
  }

  /** Whether `ensure` has the topic at hand. */
  knows(name: string): boolean {
    return this.#lookUp(name) !== undefined
  }

  /** Deletes those of the topics that exist, and waits until no broker shows them any more. */
  async delete(names: readonly string[]): Promise<void> {
    const before = await this.#cluster.lookByAll(names)
    const doomed = names.filter((name) => before.some(({ topics }) => topics.has(name)))
    for (const name of doomed) await retryFor(DELETE_MS, () => this.#delete(name))
    const isLeft = (now: TopicsSeen, name: string): boolean =>
      now.topics.has(name) && before.some(({ ids }) => ids.get(name) === now.ids.get(name))
    const deadline = performance.now() + DELETE_MS
    for (let left = doomed; left.length > 0;) {
      const seen = await this.#cluster.lookByAll(left)
      left = left.filter((name) => seen.some((now) => isLeft(now, name)))
      if (left.length > 0 && performance.now() > deadline) {
        throw new ExperienceError('Unavailable', `Kafka has not yet deleted ${left.join(', ')}`)
      }
      if (left.length > 0) await pause(DELETED_RETRY_MS, NEVER)
    }
    for (const name of names) this.forget(name)
  }

  async #delete(name: string): Promise<void> {
    const { controller } = await this.#cluster.look([])
    try {
      const broker = await this.#cluster.broker(controller)
      await needing(topicRight('Delete', name), () =>
        broker.deleteTopics({ topics: [name], timeout: DELETE_REQUEST_MS }),
      )
    } catch (error) {
      // As good: another process was faster, or this request is a second one.
      if (kafkaErrorType(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error
    }
  }

  #lookUp(name: string): Promise<KafkaTopic> | undefined {
    const known = this.#known.get(name)
    return known !== undefined && known.until > performance.now() ? known.topic : undefined
  }

  #find(name: string): Promise<KafkaTopic | null> {
    return this.#looks.ask(name)
  }

  /** How topics are, null for those that do not exist. */
  async #findAll(names: readonly string[]): Promise<Map<string, KafkaTopic | null | Error>> {
    const { topics, refused } = await lookAtNamed(await this.#cluster.anyBroker(), names)
    const settings = await retryFor(SETTINGS_MS, () => topicSettings(this.#cluster, [...topics.keys()]))
    const answerFor = (name: string): KafkaTopic | null | Error => {
      // Whoever asks means to write, which includes that the topic may be seen.
      if (refused.has(name)) return new RightMissing(topicRight('Write', name))
      const partitions = topics.get(name)
      if (partitions === undefined) return null
      const lacksLeader = partitions.length === 0 || partitions.some(({ leader }) => leader < 0)
      if (lacksLeader) return errorOfCode(LEADER_NOT_AVAILABLE)!
      return { partitions: partitions.length, maxBatchBytes: settings.get(name)?.maxMessageBytes ?? null }
    }
    return new Map(names.map((name) => [name, answerFor(name)] as const))
  }

  /** Asks Kafka whether the topic could be created, and creates nothing. Rejects as Kafka would refuse. */
  tryCreate(name: string): Promise<void> {
    return this.#creator.tryCreate(name)
  }

  /**
   * Creates topics, and waits until brokers show their leaders. The next ones have to wait: a controller creates faster than brokers can
   * follow.
   */
  async #create(names: readonly string[]): Promise<Map<string, KafkaTopic | Error>> {
    const outcomes = new Map<string, KafkaTopic | Error>()
    const left = (): string[] => names.filter((name) => !outcomes.has(name))
    const deadline = performance.now() + CREATED_MS
    do {
      // Again: brokers with ZooKeeper take one that is still being deleted for there, though they show it no more.
      for (const [name, created] of await this.#creator.create(left()))
        if (created instanceof Error) outcomes.set(name, created)
      for (let tries = 0; tries < LEADER_TRIES && left().length > 0; tries++) {
        if (tries > 0) await pause(LEADER_RETRY_MS, NEVER)
        for (const [name, found] of await this.#findAll(left())) {
          // A broker may learn of a new topic a little later than the controller.
          if (found !== null && kafkaErrorType(found) !== 'LEADER_NOT_AVAILABLE') outcomes.set(name, found)
        }
      }
    } while (left().length > 0 && performance.now() < deadline)
    for (const name of left()) {
      const message = `topic ${name} was created, but its partitions have no leaders yet`
      outcomes.set(name, new ExperienceError('Unavailable', message))
    }
    return outcomes
  }
}
