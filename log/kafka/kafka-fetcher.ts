import type { Offset, RecordBatch, TopicPartition } from '../event-log.ts'
import { ExperienceError } from '../../schemas/experience-error.ts'
import { pause, WakeUp } from '../wake-up.ts'
import { fetchedBatch } from './fetched-batch.ts'
import type { FetchResponse } from './kafka-broker.ts'
import { EARLIEST, groupByLeader, groupByTopic, partitionName, type KafkaCluster } from './kafka-cluster.ts'
import { isLasting, kafkaErrorType } from './kafka-failure.ts'

/** A partition to fetch from, and what is done with what comes. */
export interface FetchTarget extends TopicPartition {
  /** Where to fetch next. */
  readonly position: Offset
  /** Where to end; undefined for never. */
  readonly limit?: Offset
  /** Whether there is room for another batch. */
  wantsMore(): boolean
  /** Takes a batch that begins at `position`, and moves `position` to its end. */
  accept(batch: RecordBatch, bytes: number): void
}

export interface KafkaFetcherOptions {
  /** Bytes after which a broker answers without waiting for more. */
  readonly minBytes: number
  /** Bytes of one partition in one answer (one Kafka batch at least). */
  readonly partitionBytes: number
  /** How long a broker may wait for `minBytes`, ms; 0 for no longer than for the first byte. */
  readonly lingerMs: number
  /** Bytes that all targets together may hold. */
  readonly bufferBytes: number
}

/** No longer, because a stop or a rebalance waits for the answer. */
const LONGEST_WAIT_MS = 250
/** While some partitions have no room, a long wait for the others would starve them once they have. */
const BUSY_WAIT_MS = 10
const RETRY_MS = 200

/** Fetches from partitions, one request per broker at a time, and follows them when their leaders move. */
export class KafkaFetcher {
  readonly #cluster: KafkaCluster
  readonly #targets: readonly FetchTarget[]
  readonly #options: KafkaFetcherOptions
  readonly #waiting = new Set<WakeUp>()
  #buffered = 0

  constructor(cluster: KafkaCluster, targets: readonly FetchTarget[], options: KafkaFetcherOptions) {
    this.#cluster = cluster
    this.#targets = targets
    this.#options = options
  }

  /** To be called when a batch was handled, with the bytes it was accepted with. */
  release(bytes: number): void {
    this.#buffered -= bytes
    for (const waiting of this.#waiting) waiting.ring()
  }

  /** Fetches until the signal aborts; rejects only on an error that retrying cannot mend. */
  async run(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      // A round lasts until a broker fails or refuses, which is how a moved leader shows.
      const round = new AbortController()
      const roundEnd = AbortSignal.any([end, round.signal])
      try {
        const metadata = await this.#cluster.metadata([...new Set(this.#targets.map(({ topic }) => topic))])
        const groups = [...groupByLeader(metadata, this.#targets)]
        const leaderless = this.#targets.length > groups.flatMap(([, targets]) => targets).length
        if (leaderless) setTimeout(() => round.abort(), 1000).unref()
        const loops = groups.map(([leader, targets]) =>
          this.#fetchFrom(leader, targets, roundEnd).finally(() => round.abort()),
        )
        const failed = (await Promise.allSettled(loops)).find((result) => result.status === 'rejected')
        if (failed !== undefined) throw failed.reason
        if (groups.length === 0) await pause(RETRY_MS, end)
      } catch (error) {
        if (isLasting(error)) throw error
        // A topic that was deleted ends here too, until its consumer no longer asks for it.
        await pause(RETRY_MS, end)
      }
    }
  }

  async #fetchFrom(leader: number, targets: readonly FetchTarget[], end: AbortSignal): Promise<void> {
    const room = new WakeUp()
    this.#waiting.add(room)
    try {
      let idle = false
      while (!end.aborted) {
        const wanting = targets.filter((target) => target.wantsMore())
        if (wanting.length === 0 || this.#buffered >= this.#options.bufferBytes) {
          await room.wait(end)
          continue
        }
        const busy = wanting.length < targets.length
        idle = !(await this.#fetchOnce(leader, wanting, { busy, idle }))
      }
    } finally {
      this.#waiting.delete(room)
    }
  }

  /** Answers whether anything came. */
  async #fetchOnce(
    leader: number,
    targets: readonly FetchTarget[],
    { busy, idle }: { busy: boolean; idle: boolean },
  ): Promise<boolean> {
    const { lingerMs, minBytes, partitionBytes, bufferBytes } = this.#options
    const broker = await this.#cluster.broker(leader)
    // After an empty answer the first record is taken at once: only for what follows it may a broker wait.
    const atOnce = idle || lingerMs === 0
    const request = {
      maxWaitTime: Math.min(busy ? BUSY_WAIT_MS : LONGEST_WAIT_MS, atOnce ? LONGEST_WAIT_MS : lingerMs),
      minBytes: atOnce ? 1 : minBytes,
      maxBytes: Math.max(partitionBytes, bufferBytes - this.#buffered),
      topics: groupByTopic(targets, ({ partition, position }) => ({
        partition,
        fetchOffset: position.toString(),
        maxBytes: partitionBytes,
      })),
    }
    let response: FetchResponse
    try {
      response = (await broker.fetch(request)) as FetchResponse
    } catch (error) {
      if (kafkaErrorType(error) !== 'OFFSET_OUT_OF_RANGE') throw error
      await this.#skipRemoved(targets)
      return true
    }
    return this.#accept(targets, response)
  }

  #accept(targets: readonly FetchTarget[], { responses }: FetchResponse): boolean {
    const byName = new Map(targets.map((target) => [partitionName(target), target]))
    let came = false
    for (const { topicName, partitions } of responses) {
      for (const fetched of partitions) {
        const target = byName.get(partitionName({ topic: topicName, partition: fetched.partition }))
        const batch = target === undefined ? null : fetchedBatch(target, fetched, target.position, target.limit)
        if (target === undefined || batch === null) continue
        const bytes = batch.records.reduce((sum, { value }) => sum + 100 + (value?.byteLength ?? 0), 0)
        this.#buffered += bytes
        target.accept(batch, bytes)
        came = true
      }
    }
    return came
  }

  /** Moves targets over records that Kafka no longer holds (nobody of ours removes any) with a batch without records. */
  async #skipRemoved(targets: readonly FetchTarget[]): Promise<void> {
    const metadata = await this.#cluster.metadata([...new Set(targets.map(({ topic }) => topic))])
    const earliest = await this.#cluster.offsets(metadata, targets, EARLIEST)
    let skipped = false
    for (const { topic, partition, offset } of earliest) {
      const target = targets.find((each) => each.topic === topic && each.partition === partition)
      if (target === undefined || target.position >= offset) continue
      const next = target.limit !== undefined && target.limit < offset ? target.limit : offset
      target.accept({ topic, partition, first: target.position, next, records: [] }, 0)
      skipped = true
    }
    if (skipped) return
    const names = targets.map((target) => `${partitionName(target)} at ${target.position}`).join(', ')
    throw new ExperienceError('StorageError', `Kafka's log is shorter than what was read of it before: one of ${names}`)
  }
}
