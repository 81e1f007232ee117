import { setMaxListeners } from 'node:events'
import type { BatchHandler, ConsumerOptions, GroupConsumer } from '../../group-consumer.ts'
import { pause } from '../../../base/waiting.ts'
import { Membership } from './membership.ts'
import { GroupMember } from './group-member.ts'
import { createKafka, KafkaCluster } from '../client/kafka-cluster.ts'
import { isLasting, kafkaFailure } from '../client/kafka-failure.ts'
import type { ResolvedKafkaOptions } from '../client/kafka-options.ts'

const FIRST_RESTART_MS = 200
const LONGEST_RESTART_MS = 10_000

/**
 * A member of a Kafka consumer group. Whatever fails, it begins anew with fresh connections, after the handlers under way
 * have finished; only what retrying cannot mend ends it.
 */
export class KafkaGroupConsumer implements GroupConsumer {
  readonly #group: string
  readonly #options: ConsumerOptions & ResolvedKafkaOptions
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined

  constructor(group: string, options: ConsumerOptions & ResolvedKafkaOptions) {
    this.#group = group
    this.#options = options
  }

  run(handler: BatchHandler): Promise<void> {
    this.#running ??= this.#run(handler)
    return this.#running
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    // A failed run has rejected to the caller of `run` already.
    await this.#running?.catch(() => undefined)
  }

  async #run(handler: BatchHandler): Promise<void> {
    const stopping = this.#stopping.signal
    setMaxListeners(0, stopping)
    let backOff = FIRST_RESTART_MS
    while (!stopping.aborted) {
      const startedAt = performance.now()
      try {
        await this.#connectAndConsume(handler)
      } catch (error) {
        if (isLasting(error)) throw kafkaFailure(error, `consume as group ${this.#group}`, this.#options)
        if (performance.now() - startedAt > 2 * LONGEST_RESTART_MS) backOff = FIRST_RESTART_MS
        await pause(backOff, stopping)
        backOff = Math.min(2 * backOff, LONGEST_RESTART_MS)
      }
    }
  }

  async #connectAndConsume(handler: BatchHandler): Promise<void> {
    const stopping = this.#stopping.signal
    const cluster = new KafkaCluster(createKafka(this.#options))
    const member = new GroupMember(cluster, this.#group, this.#options)
    try {
      await cluster.connect()
      while (!stopping.aborted) {
        // Whoever has no topic yet joins all the same, to be there when the first is created; who may see none, does not.
        await cluster.lookFor(this.#options.topicPrefix)
        const joined = await member.join(this.#options.topicPrefix)
        await new Membership(joined, { cluster, member, handler, options: this.#options, stopping }).run()
      }
    } finally {
      // Best effort: without them, Kafka notices after the session time-out, and the sockets close by themselves.
      await member.leave().catch(() => undefined)
      await cluster.disconnect().catch(() => undefined)
    }
  }
}
