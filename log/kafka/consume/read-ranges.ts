import type { Offset } from '../../../base/position.ts'
import type { ReadRange, RecordBatch } from '../../event-log.ts'
import { WakeUp } from '../../../base/waiting.ts'
import type { KafkaCluster } from '../client/kafka-cluster.ts'
import { shorterLog, type FetchTarget } from './fetch-target.ts'
import { KafkaFetcher } from './kafka-fetcher.ts'

const PARTITION_BYTES = 2 * 1024 * 1024

class RangeTarget implements FetchTarget {
  readonly topic: string
  readonly partition: number
  readonly limit: Offset
  readonly #deliver: (batch: RecordBatch, bytes: number) => void
  #position: Offset

  constructor({ topic, partition, from, to }: ReadRange, deliver: (batch: RecordBatch, bytes: number) => void) {
    this.topic = topic
    this.partition = partition
    this.limit = to
    this.#position = from
    this.#deliver = deliver
  }

  get position(): Offset {
    return this.#position
  }

  room(): number {
    return this.#position < this.limit ? PARTITION_BYTES : 0
  }

  accept(batch: RecordBatch, bytes: number): void {
    this.#position = batch.next
    this.#deliver(batch, bytes)
  }
}

/**
 * Reads ranges that lie within what the partitions hold, without a consumer group, fetching ahead of the reader by at most
 * `bufferBytes` and one answer per broker.
 */
export async function* readRanges(
  cluster: KafkaCluster,
  ranges: readonly ReadRange[],
  bufferBytes: number,
): AsyncGenerator<RecordBatch> {
  const queue: { batch: RecordBatch; bytes: number }[] = []
  const arrived = new WakeUp()
  const targets = ranges
    .filter(({ from, to }) => from < to)
    .map(
      (range) =>
        new RangeTarget(range, (batch, bytes) => {
          queue.push({ batch, bytes })
          arrived.ring()
        }),
    )
  const end = new AbortController()
  const fetcher = new KafkaFetcher(cluster, {
    minBytes: 1,
    lingerMs: 0,
    bufferBytes,
    beyondEnd: (target) => Promise.reject(shorterLog(target)),
  })
  for (const target of targets) fetcher.add(target)
  let failure: unknown
  const fetching = fetcher.run(end.signal).catch((error: unknown) => {
    failure = error
    end.abort()
  })
  try {
    while (queue.length > 0 || targets.some((target) => target.room() > 0)) {
      const next = queue.shift()
      if (next !== undefined) {
        yield next.batch
        fetcher.release(next.bytes)
      } else if (end.signal.aborted) throw failure
      else await arrived.wait(end.signal)
    }
  } finally {
    end.abort()
    await fetching
  }
}
