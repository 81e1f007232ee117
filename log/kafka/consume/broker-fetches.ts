import { partitionText, type TopicPartition } from '../../../base/position.ts'
import { pause, unlessAborted, WakeUp } from '../../../base/waiting.ts'
import { RETRY_MS, type FetchTarget, type KafkaFetcherOptions } from './fetch-target.ts'
import { fetchRecords } from './fetch-records.ts'
import { beside, FetchSession, type Wanted } from './fetch-session.ts'
import { fetchedBatch } from '../format/fetched-batch.ts'
import type { FetchedPartition, FetchRequest, FetchResponse } from '../client/kafka-broker.ts'
import { EARLIEST, type KafkaCluster } from '../client/kafka-cluster.ts'
import { isLasting, kafkaErrorType } from '../client/kafka-failure.ts'
import { errorOfCode } from '../client/lenient-broker.ts'
import { refusalOf, topicRight } from '../client/right-missing.ts'

/** No longer, because new partitions wait for the answer. */
const LONGEST_WAIT_MS = 500
/** For more than the first record, which already waits. */
const LONGEST_LINGER_MS = 250
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

/** What a broker says that keeps the session no longer: it keeps a thousand of all clients. */
const SESSION_LOST: ReadonlySet<string | undefined> = new Set([
  'FETCH_SESSION_ID_NOT_FOUND',
  'INVALID_FETCH_SESSION_EPOCH',
])

/** What a request asked of a partition: it may be moved, or removed, before the answer comes. */
type Asked = (partition: TopicPartition) => Wanted | undefined

/** What the fetches from all brokers share. */
export interface FetchLedger {
  /** Bytes that all targets hold. */
  readonly buffered: number
  /** Counts bytes that a target is about to accept. */
  hold(bytes: number): void
  /** Takes back a target whose leader refused it. */
  refused(target: FetchTarget, end: AbortSignal): void
}

/** Fetches from the partitions that one broker leads, one request at a time. What nothing comes of costs nothing but a place in the session. */
export class BrokerFetches {
  readonly #targets = new Set<FetchTarget>()
  /** Those that may stand elsewhere, or have more room or less, than was last seen. */
  readonly #changed = new Set<FetchTarget>()
  readonly #full = new Set<FetchTarget>()
  readonly #urgent = new Map<FetchTarget, Wanted>()
  readonly #session = new FetchSession()
  readonly #cluster: KafkaCluster
  readonly #leader: number
  readonly #options: KafkaFetcherOptions
  readonly #ledger: FetchLedger
  readonly #wakeUp = new WakeUp()
  /** Answers in a row that brought nothing. */
  #quiet = 0
  #isAsking = false

  constructor(cluster: KafkaCluster, leader: number, options: KafkaFetcherOptions, ledger: FetchLedger) {
    this.#cluster = cluster
    this.#leader = leader
    this.#options = options
    this.#ledger = ledger
  }

  get targets(): Iterable<FetchTarget> {
    return this.#targets
  }

  add(target: FetchTarget): void {
    this.#targets.add(target)
    this.changed(target)
  }

  remove(target: FetchTarget): void {
    if (!this.#targets.delete(target)) return
    this.#changed.add(target)
    this.#wakeUp.ring()
  }

  /** To be called when a target may have moved by itself, or have more room or less. */
  changed(target: FetchTarget): void {
    if (!this.#targets.has(target)) return
    this.#changed.add(target)
    this.#wakeUp.ring()
  }

  /** To be called when there may be room for more bytes. */
  wake(): void {
    this.#wakeUp.ring()
  }

  /** Fetches until the signal aborts or the broker fails; rejects on an error that retrying cannot mend. */
  async run(end: AbortSignal): Promise<void> {
    try {
      while (!end.aborted) {
        this.#sort()
        const isFull = this.#ledger.buffered >= this.#options.bufferBytes
        if (isFull ? this.#urgent.size > 0 : this.#session.size > 0) {
          await (isFull ? this.#fetchUrgent(end) : this.#fetchAll(end))
        } else await this.#wakeUp.wait(end)
      }
    } catch (error) {
      if (isLasting(error)) throw error
      await pause(RETRY_MS, end)
    } finally {
      this.#endSession()
    }
  }

  #sort(): void {
    for (const target of this.#changed) {
      this.#urgent.delete(target)
      this.#full.delete(target)
      const room = this.#targets.has(target) ? target.room() : 0
      if (room > 0) {
        const maxBytes = Math.min(PARTITION_BYTES, Math.max(LEAST_BYTES, room))
        const wanted = { target, position: target.position, maxBytes }
        this.#session.want(wanted)
        if (target.isUrgent === true) this.#urgent.set(target, wanted)
      } else {
        this.#session.leave(target)
        if (this.#targets.has(target)) this.#full.add(target)
      }
    }
    this.#changed.clear()
  }

  async #fetchAll(end: AbortSignal): Promise<void> {
    const part = this.#session.next()
    const { lingerMs, minBytes } = this.#options
    // After an empty answer the first record is taken at once: only for what follows it may a broker wait.
    const atOnce = this.#quiet > 0 || lingerMs === 0
    // Where some have no room, or no place in the request, for long, the others need not be asked again and again.
    const isWaitedFor = this.#full.size > 0 || this.#session.isLong
    const patience = isWaitedFor ? BUSY_WAIT_MS * 2 ** Math.min(this.#quiet, 10) : LONGEST_WAIT_MS
    const longest = Math.min(patience, atOnce ? LONGEST_WAIT_MS : Math.min(LONGEST_LINGER_MS, lingerMs))
    const atLeast = atOnce ? 1 : Math.min(minBytes, RESPONSE_BYTES)
    let answer: FetchResponse | undefined
    try {
      answer = await this.#fetch({ ...part, maxWaitTime: longest, minBytes: atLeast }, end)
    } catch (error) {
      if (!SESSION_LOST.has(kafkaErrorType(error))) throw error
      this.#session.lost()
    }
    if (answer === undefined) return
    const came = await this.#take(answer, (partition) => this.#session.asked(partition), end)
    this.#session.answered(answer.sessionId)
    this.#quiet = came ? 0 : this.#quiet + 1
  }

  /** While there is no room for others, they stay in the session, and are not asked for. */
  async #fetchUrgent(end: AbortSignal): Promise<void> {
    const wanted = new Map([...this.#urgent.values()].map((each) => [partitionText(each.target), each]))
    const part = beside([...wanted.values()])
    const answer = await this.#fetch({ ...part, maxWaitTime: BUSY_WAIT_MS, minBytes: 1 }, end)
    if (answer !== undefined) await this.#take(answer, (partition) => wanted.get(partitionText(partition)), end)
  }

  /** Undefined when the signal aborts first: whoever ends a generation need not wait for a broker that hangs. */
  async #fetch(request: Omit<FetchRequest, 'maxBytes'>, end: AbortSignal): Promise<FetchResponse | undefined> {
    const broker = await this.#cluster.broker(this.#leader)
    this.#isAsking = true
    const answer = await unlessAborted(fetchRecords(broker, { ...request, maxBytes: RESPONSE_BYTES }), end)
    this.#isAsking = answer === undefined
    const error = errorOfCode(answer?.errorCode ?? 0)
    if (error !== undefined) throw error
    return answer
  }

  /** Answers whether anything came. */
  async #take({ responses }: FetchResponse, asked: Asked, end: AbortSignal): Promise<boolean> {
    let came = false
    for (const { topicName, partitions } of responses) {
      for (const fetched of partitions) {
        const entry = asked({ topic: topicName, partition: fetched.partition })
        if (entry === undefined || !this.#targets.has(entry.target)) continue
        const error = errorOfCode(fetched.errorCode)
        // In a session what is not taken, or is refused, would come again and again.
        if (error !== undefined || fetched.recordSet.length > 0) this.changed(entry.target)
        if (entry.target.position !== entry.position) continue
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
    this.remove(target)
    this.#ledger.refused(target, end)
  }

  /**
   * Moves a target over records that Kafka no longer holds (nobody of ours removes any) with a batch without records. Answers
   * false when it is not there that the target stands.
   */
  async #skipRemoved(target: FetchTarget): Promise<boolean> {
    const { topic, partition, position, limit } = target
    const [earliest] = await this.#cluster.offsets(await this.#cluster.look([topic]), [target], EARLIEST)
    if (earliest === undefined || !this.#targets.has(target) || target.position !== position) return false
    if (position >= earliest.offset) {
      await this.#options.beyondEnd(target)
      return false
    }
    const next = limit !== undefined && limit < earliest.offset ? limit : earliest.offset
    target.accept({ topic, partition, first: position, next, records: [] }, 0, false)
    return true
  }

  /** So that the broker need not keep it. An answer that is still awaited comes before anything else could be sent. */
  #endSession(): void {
    const part = this.#session.end()
    if (part === undefined || this.#isAsking) return
    const request = { ...part, maxWaitTime: 0, minBytes: 0, maxBytes: 0 }
    void this.#cluster
      .broker(this.#leader)
      .then((broker) => fetchRecords(broker, request))
      // Brokers forget sessions by themselves as well.
      .catch(() => undefined)
  }
}
