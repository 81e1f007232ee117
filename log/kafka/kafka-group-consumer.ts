import { setMaxListeners } from 'node:events'
import type { BatchHandler, ConsumerOptions, GroupConsumer, PartitionClaim, TopicPartition } from '../event-log.ts'
import { ExperienceError } from '../../schemas/experience-error.ts'
import { Slots } from '../slots.ts'
import { pause } from '../wake-up.ts'
import { ClaimedPartition } from './claimed-partition.ts'
import { GroupMember, type GroupState } from './group-member.ts'
import { createKafka, EARLIEST, KafkaCluster, partitionName } from './kafka-cluster.ts'
import { isLasting, kafkaFailure } from './kafka-failure.ts'
import { KafkaFetcher } from './kafka-fetcher.ts'
import type { ResolvedKafkaOptions } from './kafka-options.ts'

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
      const startedAt = Date.now()
      try {
        await this.#connectAndConsume(handler)
      } catch (error) {
        if (isLasting(error)) throw kafkaFailure(error, `consume as group ${this.#group}`, this.#options.brokers)
        if (Date.now() - startedAt > 2 * LONGEST_RESTART_MS) backOff = FIRST_RESTART_MS
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
        const topics = await this.#discover(cluster)
        if (topics.length === 0) await pause(this.#options.discoveryMs, stopping)
        else await this.#consumeGeneration(cluster, member, topics, handler)
      }
    } finally {
      // Best effort: without them, Kafka notices after the session time-out, and the sockets close by themselves.
      await member.leave().catch(() => undefined)
      await cluster.disconnect().catch(() => undefined)
    }
  }

  async #discover(cluster: KafkaCluster): Promise<string[]> {
    const { topics } = await cluster.metadata()
    return [...topics.keys()].filter((topic) => topic.startsWith(this.#options.topicPrefix)).toSorted()
  }

  /** Joins the group, and reads what it assigns until the group or its topics change, or the consumer stops. */
  async #consumeGeneration(
    cluster: KafkaCluster,
    member: GroupMember,
    topics: readonly string[],
    handler: BatchHandler,
  ): Promise<void> {
    const assigned = await member.join(topics)
    const over = new AbortController()
    const end = AbortSignal.any([over.signal, this.#stopping.signal])
    setMaxListeners(0, end)
    // From here on the group counts on heartbeats, and the handlers are waited for with them.
    const heartbeats = this.#heartbeat(member, over)
    try {
      await this.#consume(cluster, member, assigned, { handler, over, end, topics })
    } finally {
      over.abort()
      await heartbeats.stop()
    }
  }

  async #consume(
    cluster: KafkaCluster,
    member: GroupMember,
    assigned: readonly TopicPartition[],
    generation: { handler: BatchHandler; over: AbortController; end: AbortSignal; topics: readonly string[] },
  ): Promise<void> {
    const { handler, over, end } = generation
    const { batchBytes, lingerMs, bufferBytes, concurrency } = this.#options
    const slots = new Slots(concurrency)
    let fetcher: KafkaFetcher | undefined
    const release = (bytes: number): void => fetcher?.release(bytes)
    const partitions = (await this.#claims(cluster, member, assigned)).map(
      ({ claim, start }) => new ClaimedPartition(claim, start, { handler, slots, batchBytes, lingerMs, release }),
    )
    fetcher = new KafkaFetcher(cluster, partitions, {
      minBytes: batchBytes,
      partitionBytes: batchBytes,
      lingerMs,
      bufferBytes,
    })
    const tasks = [
      this.#watchTopics(cluster, generation),
      ...(partitions.length > 0 ? [fetcher.run(end)] : []),
      ...partitions.map((partition) => partition.run(end)),
    ].map((task) =>
      task.catch((error: unknown) => {
        over.abort()
        throw error
      }),
    )
    const failed = (await Promise.allSettled(tasks)).find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }

  /** Ends the generation when topics with the prefix came or went. */
  async #watchTopics(
    cluster: KafkaCluster,
    { over, end, topics }: { over: AbortController; end: AbortSignal; topics: readonly string[] },
  ): Promise<void> {
    while (!end.aborted) {
      await pause(this.#options.discoveryMs, end)
      if (end.aborted) return
      // A look that fails is made again: meanwhile the topics known are read on.
      const latest = await this.#discover(cluster).catch(() => topics)
      if (latest.length !== topics.length || latest.some((topic, index) => topic !== topics[index])) over.abort()
    }
  }

  /** Sends heartbeats until stopped, also while the last handlers of a generation that is over finish. */
  #heartbeat(member: GroupMember, over: AbortController): { stop(): Promise<void> } {
    const stopped = new AbortController()
    const beat = async (): Promise<void> => {
      while (!stopped.signal.aborted) {
        await pause(Math.min(3000, this.#options.sessionTimeoutMs / 10), stopped.signal)
        if (stopped.signal.aborted) return
        // No answer is no news; if it stays so, the fetches fail as well, and the broker drops the member by itself.
        const state: GroupState = await member.heartbeat().catch(() => 'stable' as const)
        if (state !== 'stable') over.abort()
        if (state === 'lost') return
      }
    }
    const beating = beat()
    return {
      stop: async () => {
        stopped.abort()
        await beating
      },
    }
  }

  async #claims(cluster: KafkaCluster, member: GroupMember, assigned: readonly TopicPartition[]) {
    const committed = new Map((await member.committed(assigned)).map((each) => [partitionName(each), each]))
    const commit = member.committer()
    const fresh = assigned.filter((each) => !committed.has(partitionName(each)))
    const metadata = await cluster.metadata([...new Set(fresh.map(({ topic }) => topic))])
    const earliest = await cluster.offsets(metadata, fresh, EARLIEST)
    const starts = new Map([...committed.values(), ...earliest].map((each) => [partitionName(each), each.offset]))
    return assigned.map((partition) => {
      const name = partitionName(partition)
      const start = starts.get(name)
      if (start === undefined) throw new ExperienceError('Unavailable', `partition ${name} has no leader`)
      const claim: PartitionClaim = {
        ...partition,
        committed: committed.get(name) ?? null,
        commit: (next, text) => commit(partition, next, text),
      }
      return { claim, start }
    })
  }
}
