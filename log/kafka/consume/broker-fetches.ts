import { type Offset, partitionText } from '../../../base/position.ts'
import { pause, unlessAborted, WakeUp } from '../../../base/waiting.ts'
import { RETRY_MS, type FetchTarget, type KafkaFetcherOptions } from './fetch-target.ts'
import { fetchRecords } from './fetch-records.ts'
import { fetchedBatch } from '../format/fetched-batch.ts'
import type { FetchedPartition, FetchResponse } from '../client/kafka-broker.ts'
import { EARLIEST, groupByTopic, type KafkaCluster } from '../client/kafka-cluster.ts'
import { isLasting, kafkaErrorType } from '../client/kafka-failure.ts'
import { errorOfCode } from '../client/lenient-broker.ts'
import { refusalOf, topicRight } from '../client/right-missing.ts'

/** No longer, because new partitions wait for the answer. */
const LONGEST_WAIT_MS = 250
/** While some partitions have no room, a long wait for the others would starve them once they have. */
const BUSY_WAIT_MS = 10
/** Bytes of one answer. */
const RESPONSE_BYTES = 16 * 1024 * 1024
/** Bytes of one partition in one answer, so that a batch does not grow far beyond its limit with the last of them. */
const PARTITION_BYTES = 4 * 1024 * 1024
/**
 * What a record takes in memory beside its bytes, and takes again when a handler makes a row of it. Without it, a batch of
 * small records would be many times its limit (measured: 700 MB of memory for 500,000 records of 220 bytes).
 */
const RECORD_BYTES = 600
/** The least to ask of a partition for, so that a target that is nearly full does not take tiny bites. */
const LEAST_BYTES = 64 * 1024

/** Where each target stood when it was fetched from: it may be moved, or removed, before the answer comes. */
type Asked = ReadonlyMap<string, { readonly target: FetchTarget; readonly position: Offset }>

/** What the fetches from all brokers share. */
export interface FetchLedger {
  /** Bytes that all targets hold. */
  readonly buffered: number
  /** Counts bytes that a target is about to accept. */
  hold(bytes: number): void
  /** Takes back a target whose leader refused it. */
  refused(target: FetchTarget, end: AbortSignal): void
}

/** Fetches from the partitions that one broker leads, one request at a time. */
export class BrokerFetches {
  readonly targets = new Set<FetchTarget>()
  readonly #cluster: KafkaCluster
  readonly #leader: number
  readonly #options: KafkaFetcherOptions
  readonly #ledger: FetchLedger
  readonly #wakeUp = new WakeUp()

  constructor(cluster: KafkaCluster, leader: number, options: KafkaFetcherOptions, ledger: FetchLedger) {
    this.#cluster = cluster
    this.#leader = leader
    this.#options = options
    this.#ledger = ledger
  }

  /** To be called when there may be something to fetch. */
  wake(): void {
    this.#wakeUp.ring()
  }

  /** Fetches until the signal aborts or the broker fails; rejects on an error that retrying cannot mend. */
  async run(end: AbortSignal): Promise<void> {
    let idle = false
    try {
      while (!end.aborted) {
        const isFull = this.#ledger.buffered >= this.#options.bufferBytes
        const wanting = [...this.targets].filter((target) => target.room() > 0 && (!isFull || target.isUrgent))
        if (wanting.length === 0) {
          await this.#wakeUp.wait(end)
          continue
        }
        const busy = wanting.length < this.targets.size
        const response = await this.#fetch(wanting, { busy, idle }, end)
        if (response !== undefined) idle = !(await this.#take(response.answer, response.asked, end))
      }
    } catch (error) {
      if (isLasting(error)) throw error
      await pause(RETRY_MS, end)
    }
  }

  /** Undefined when the signal aborts first: whoever ends a generation need not wait for a broker that hangs. */
  async #fetch(
    targets: readonly FetchTarget[],
    { busy, idle }: { readonly busy: boolean; readonly idle: boolean },
    end: AbortSignal,
  ): Promise<{ readonly answer: FetchResponse; readonly asked: Asked } | undefined> {
    const { lingerMs, minBytes } = this.#options
    const broker = await this.#cluster.broker(this.#leader)
    const asked = new Map(
      targets.map((target) => [partitionText(target), { target, position: target.position }] as const),
    )
    // After an empty answer the first record is taken at once: only for what follows it may a broker wait.
    const atOnce = idle || lingerMs === 0
    const fetching = fetchRecords(broker, {
      maxWaitTime: Math.min(busy ? BUSY_WAIT_MS : LONGEST_WAIT_MS, atOnce ? LONGEST_WAIT_MS : lingerMs),
      minBytes: atOnce ? 1 : Math.min(minBytes, RESPONSE_BYTES),
      maxBytes: RESPONSE_BYTES,
      topics: groupByTopic(targets, (target) => ({
        partition: target.partition,
        fetchOffset: target.position.toString(),
        maxBytes: Math.min(PARTITION_BYTES, Math.max(LEAST_BYTES, target.room())),
      })),
    })
    const answer = await unlessAborted(fetching, end)
    if (answer === undefined) return undefined
    const error = errorOfCode(answer.errorCode)
    if (error !== undefined) throw error
    return { answer, asked }
  }

  /** Answers whether anything came. */
  async #take({ responses }: FetchResponse, asked: Asked, end: AbortSignal): Promise<boolean> {
    let came = false
    for (const { topicName, partitions } of responses) {
      for (const fetched of partitions) {
        const entry = asked.get(partitionText({ topic: topicName, partition: fetched.partition }))
        if (entry === undefined || !this.targets.has(entry.target) || entry.target.position !== entry.position) continue
        const error = errorOfCode(fetched.errorCode)
        if (error === undefined) came = this.#accept(entry.target, fetched) || came
        else await this.#refuse(entry.target, refusalOf(error, topicRight('Read', topicName)), end)
      }
    }
    return came
  }

  #accept(target: FetchTarget, fetched: FetchedPartition): boolean {
    const batch = target.room() === 0 ? null : fetchedBatch(target, fetched, target.position, target.limit)
    if (batch === null) return false
    const bytes = batch.heldBytes + batch.records.length * RECORD_BYTES
    this.#ledger.hold(bytes)
    target.accept(batch, bytes, batch.next < fetched.lastStableOffset)
    return true
  }

  async #refuse(target: FetchTarget, error: Error, end: AbortSignal): Promise<void> {
    if (isLasting(error)) throw error
    if (kafkaErrorType(error) === 'OFFSET_OUT_OF_RANGE' && (await this.#skipRemoved(target))) return
    this.targets.delete(target)
    this.#ledger.refused(target, end)
  }

  /**
   * Moves a target over records that Kafka no longer holds (nobody of ours removes any) with a batch without records. Answers
   * false when it is not there that the target stands.
   */
  async #skipRemoved(target: FetchTarget): Promise<boolean> {
    const { topic, partition, position, limit } = target
    const [earliest] = await this.#cluster.offsets(await this.#cluster.look([topic]), [target], EARLIEST)
    if (earliest === undefined || !this.targets.has(target) || target.position !== position) return false
    if (position >= earliest.offset) {
      await this.#options.beyondEnd(target)
      return false
    }
    const next = limit !== undefined && limit < earliest.offset ? limit : earliest.offset
    target.accept({ topic, partition, first: position, next, records: [] }, 0, false)
    return true
  }
}
