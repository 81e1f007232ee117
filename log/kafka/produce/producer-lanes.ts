import { randomUUID } from 'node:crypto'
import type { Kafka } from 'kafkajs'
import { partitionText } from '../../../base/position.ts'
import { partitionOfKey } from '../../partitioner.ts'
import type { ResolvedKafkaOptions } from '../client/kafka-options.ts'
import { IdempotentProducer } from './idempotent-producer.ts'
import { ProducerLane } from './producer-lane.ts'
import type { RecordChunk } from './record-chunks.ts'
import { pickAppends, pickChunks, sendChunks, sendTransaction } from './sent-batches.ts'

/** Producers that send side by side; each partition belongs to one, which keeps its order. */
const LANES = 2
/** What a process that died left open holds up readers so long. */
const TRANSACTION_TIMEOUT_MS = 30_000

/** Sends the chunks of appends. */
export class ProducerLanes {
  readonly #lanes: readonly ProducerLane<RecordChunk, bigint>[]
  readonly #transactions: ProducerLane<readonly RecordChunk[], bigint[]>

  constructor(kafka: Kafka, { clientId, compression }: Pick<ResolvedKafkaOptions, 'clientId' | 'compression'>) {
    this.#lanes = Array.from(
      { length: LANES },
      () =>
        new ProducerLane({
          open: () => IdempotentProducer.open(kafka, compression),
          pick: pickChunks,
          send: sendChunks,
        }),
    )
    const transaction = { id: `${clientId}-${randomUUID()}`, timeoutMs: TRANSACTION_TIMEOUT_MS }
    this.#transactions = new ProducerLane({
      open: () => IdempotentProducer.open(kafka, compression, transaction),
      // A transaction that is left open would hold up the readers of its partitions until it times out.
      reopens: true,
      pick: pickAppends,
      send: sendTransaction,
    })
  }

  /** The offset of the first record of each chunk. Atomic: readers see all or none. */
  send(chunks: readonly RecordChunk[], isAtomic: boolean): Promise<bigint[]> {
    // One chunk is one Kafka batch, which is stored and read as a whole without a transaction too.
    if (isAtomic && chunks.length > 1) return this.#transactions.send(chunks)
    return Promise.all(chunks.map((chunk) => this.#lane(chunk).send(chunk)))
  }

  /** Waits for what was given to send. */
  async close(): Promise<void> {
    await Promise.all([...this.#lanes, this.#transactions].map((lane) => lane.close()))
  }

  #lane({ topic, partition }: RecordChunk): ProducerLane<RecordChunk, bigint> {
    return this.#lanes[partitionOfKey(partitionText({ topic, partition }), this.#lanes.length)]!
  }
}
