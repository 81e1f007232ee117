import type { Kafka } from 'kafkajs'
import { partitionText, type TopicPartition } from '../../../base/position.ts'
import type { LogRecord } from '../../record.ts'
import { ExperienceError } from '../../../base/experience-error.ts'
import { NEVER, pause } from '../../../base/waiting.ts'
import type { Compression } from '../format/compress-batch.ts'
import type { ProducerIdentity } from '../client/kafka-broker.ts'
import { KafkaCluster } from '../client/kafka-cluster.ts'
import { groupByLeader, groupByTopic, type ClusterMetadata } from '../client/partition-groups.ts'
import { isRetriable, isUnreachable, kafkaErrorType } from '../client/kafka-failure.ts'
import { errorOfCode } from '../client/lenient-broker.ts'
import type { SeenPartition } from '../client/look-at-topics.ts'
import { produce, type ProduceAnswer, type ProduceBatch } from './produce.ts'
import { refusalOf, topicRight } from '../client/right-missing.ts'
import { addToTransaction, endTransaction, initProducer, type Transaction } from './producer-requests.ts'
import { REQUEST_BYTES, type RecordChunk } from './record-chunks.ts'
import { FIRST_BACK_OFF_MS, LONGEST_BACK_OFF_MS, retryFor } from '../client/retry-for.ts'

/** What became of a piece of work; `isUndone`: nothing of it is stored, so that another producer may do it. */
export type Outcome<Result> = { readonly result: Result } | { readonly error: unknown; readonly isUndone?: boolean }

/** A batch, which Kafka stores only once however often it is sent, and what became of it. */
interface SentBatch extends ProduceBatch {
  readonly records: LogRecord[]
  bytes: number
  outcome?: Outcome<bigint>
  /** How often it was sent. */
  tries: number
  /** Why the last try failed. */
  lastError?: unknown
}

/** Long enough for Kafka to notice that a broker died, and to find new leaders for its partitions. */
const GIVE_UP_MS = 30_000
/** A topic that a broker does not know may just have been created; it is likelier to have been deleted. */
const GIVE_UP_UNKNOWN_MS = 5000
const UNKNOWN_TOPIC_OR_PARTITION = 3
const MAX_SEQUENCE = 0x7f_ff_ff_ff

/** Kafka's sequence numbers wrap around from 2³¹-1 to 0. */
function sequenceAfter(sequence: number, count: number): number {
  return sequence > MAX_SEQUENCE - count ? count - (MAX_SEQUENCE - sequence) - 1 : sequence + count
}

/**
 * Writes with one Kafka producer id, and so that a batch that is sent again is not stored again. Only one `send` at a time, and
 * none after an outcome that is an error: what became of that batch is not known, and the next one's sequence numbers depend
 * on it.
 *
 * It does what a kafkajs producer should. That one tries a request to several brokers again as soon as one of them fails, and
 * so sends to the others, still at work, a second batch under new sequence numbers: the records are stored twice. Where a
 * partition's leader moves to a broker that has answered, it forgets the partition and reports success. And concurrent sends
 * take each other's sequence numbers over when one fails, upon which Kafka takes a new batch for one it has. All three were
 * seen, or follow from its code (src/producer/sendMessages.js of 2.2.4).
 */
export class IdempotentProducer {
  readonly #cluster: KafkaCluster
  readonly #identity: ProducerIdentity
  readonly #compression: Compression
  readonly #sequences = new Map<string, number>()
  readonly #leaders = new Map<string, readonly SeenPartition[]>()

  private constructor(cluster: KafkaCluster, identity: ProducerIdentity, compression: Compression) {
    this.#cluster = cluster
    this.#compression = compression
    this.#identity = identity
  }

  /** A new producer. With a transactional id, it ends the transaction that an earlier one of that id left open. */
  static async open(kafka: Kafka, compression: Compression, transaction?: Transaction) {
    const cluster = new KafkaCluster(kafka)
    try {
      await cluster.connect()
      const identity = await retryFor(GIVE_UP_MS, () => initProducer(cluster, transaction))
      return new IdempotentProducer(cluster, identity, compression)
    } catch (error) {
      await cluster.disconnect().catch(() => undefined)
      throw error
    }
  }

  /** Sends chunks, of which those of one partition fit in one batch. Tells of each the offset of its first record. */
  async send(chunks: readonly RecordChunk[]): Promise<Outcome<bigint>[]> {
    const batches = this.#batches(chunks)
    await this.#deliver([...batches.values()])
    const sent = new Map<string, number>()
    return chunks.map((chunk) => {
      const name = partitionText(chunk)
      const outcome = batches.get(name)!.outcome!
      const before = sent.get(name) ?? 0
      sent.set(name, before + chunk.records.length)
      return 'error' in outcome ? outcome : { result: outcome.result + BigInt(before) }
    })
  }

  /** Makes partitions part of the transaction. */
  enlist(partitions: readonly TopicPartition[]): Promise<void> {
    const topics = groupByTopic(partitions, ({ partition }) => partition)
    return retryFor(GIVE_UP_MS, () => addToTransaction(this.#cluster, this.#identity, topics))
  }

  /** Commits or aborts the transaction. Kafka takes the same request again, so that what got no answer is asked again. */
  endTransaction(outcome: 'commit' | 'abort'): Promise<void> {
    return retryFor(GIVE_UP_MS, () => endTransaction(this.#cluster, this.#identity, outcome))
  }

  close(): Promise<void> {
    return this.#cluster.disconnect()
  }

  #batches(chunks: readonly RecordChunk[]): Map<string, SentBatch> {
    const batches = new Map<string, SentBatch>()
    for (const { topic, partition, records, bytes } of chunks) {
      const name = partitionText({ topic, partition })
      const batch = batches.get(name)
      if (batch === undefined) {
        const firstSequence = this.#sequences.get(name) ?? 0
        batches.set(name, { topic, partition, records: [...records], bytes, firstSequence, tries: 0 })
      } else {
        for (const record of records) batch.records.push(record)
        batch.bytes += bytes
      }
    }
    return batches
  }

  /** Tries until every batch has its outcome. */
  async #deliver(batches: readonly SentBatch[]): Promise<void> {
    const startedAt = performance.now()
    let backOff = FIRST_BACK_OFF_MS
    for (;;) {
      const left = batches.filter(({ outcome }) => outcome === undefined)
      if (left.length === 0) return
      await this.#attempt(left)
      const failed = left.filter(({ outcome }) => outcome === undefined)
      if (failed.length === 0) return
      const waited = performance.now() - startedAt
      for (const batch of failed) {
        const unknown = kafkaErrorType(batch.lastError) === 'UNKNOWN_TOPIC_OR_PARTITION'
        const lost = waited > (unknown ? GIVE_UP_UNKNOWN_MS : GIVE_UP_MS)
        if (lost || !isRetriable(batch.lastError)) batch.outcome = { error: batch.lastError }
      }
      for (const { topic } of failed) this.#leaders.delete(topic)
      await pause(backOff, NEVER)
      backOff = Math.min(2 * backOff, LONGEST_BACK_OFF_MS)
    }
  }

  /** Sends batches once, each to the leader of its partition. */
  async #attempt(batches: readonly SentBatch[]): Promise<void> {
    try {
      const metadata = await this.#metadata(batches)
      for (const batch of batches) {
        batch.lastError = metadata.topics.has(batch.topic)
          ? new ExperienceError('Unavailable', `partition ${partitionText(batch)} has no leader`)
          : errorOfCode(UNKNOWN_TOPIC_OR_PARTITION)
      }
      const groups = groupByLeader(metadata, batches)
      await Promise.all([...groups].map(([leader, group]) => this.#produce(leader, group)))
    } catch (error) {
      for (const batch of batches) batch.lastError = error
    }
  }

  async #produce(leader: number, batches: readonly SentBatch[]): Promise<void> {
    for (const batch of batches) batch.tries++
    try {
      const broker = await this.#cluster.broker(leader)
      const answers = new Map(
        (await produce(broker, this.#identity, batches, this.#compression)).map((answer) => [
          partitionText(answer),
          answer,
        ]),
      )
      for (const batch of batches) this.#note(batch, answers.get(partitionText(batch)))
    } catch (error) {
      for (const batch of batches) batch.lastError = tooLarge(batch, error) ?? error
    }
  }

  #note(batch: SentBatch, answer: ProduceAnswer | undefined): void {
    const error = errorOfCode(answer?.errorCode ?? 0)
    if (error !== undefined) {
      batch.lastError = refusalOf(error, topicRight('Write', batch.topic))
      // Of a topic that was made anew, some brokers want the sequence numbers from 0 on. What was sent before may be stored.
      if (isOutOfOrder(error) && batch.tries === 1) batch.outcome = { error, isUndone: true }
    } else if (answer === undefined || answer.baseOffset < 0n) {
      // The batch may be stored, but where is not known: no success.
      const message = `Kafka did not say where it stored records of ${partitionText(batch)}`
      batch.outcome = { error: new ExperienceError('Unavailable', message) }
    } else {
      batch.outcome = { result: answer.baseOffset }
      this.#sequences.set(partitionText(batch), sequenceAfter(batch.firstSequence, batch.records.length))
    }
  }

  /** Leaders of the batches' partitions, asked for where they are not known. */
  async #metadata(batches: readonly SentBatch[]): Promise<ClusterMetadata> {
    const unknown = [...new Set(batches.map(({ topic }) => topic))].filter((topic) => !this.#leaders.has(topic))
    if (unknown.length > 0) {
      for (const [topic, partitions] of (await this.#cluster.look(unknown)).topics) this.#leaders.set(topic, partitions)
    }
    return { topics: this.#leaders }
  }
}

/** Whether Kafka refused a batch since it does not follow on what it has of the producer. */
export function isOutOfOrder(error: unknown): boolean {
  return kafkaErrorType(error) === 'OUT_OF_ORDER_SEQUENCE_NUMBER'
}

/** What may be the matter where a connection breaks over one record that is larger than every broker takes. */
function tooLarge({ topic, bytes }: SentBatch, cause: unknown): ExperienceError | null {
  if (bytes <= REQUEST_BYTES || !isUnreachable(cause)) return null
  const message =
    `Kafka broke the connection over an event of ${bytes} bytes, though topic ${topic} takes events of that size: where the brokers run, ` +
    'they take no request as large (socket.request.max.bytes; a managed service has a limit of its own)'
  return new ExperienceError('Unavailable', message, { cause })
}
