import type { ReadRange, RecordBatch } from '../../event-log.ts'
import { WakeUp } from '../../../base/waiting.ts'
import type { KafkaCluster } from '../client/kafka-cluster.ts'
import { shorterLog } from './fetch-target.ts'
import { KafkaFetcher } from './kafka-fetcher.ts'
import { QueueTarget, type QueuedBatch } from './queue-target.ts'

const PARTITION_BYTES = 2 * 1024 * 1024

/**
 * Reads ranges that lie within what the partitions hold, without a consumer group, fetching ahead of the reader by at most
 * `bufferBytes` and one answer per broker.
 */
export async function* readRanges(
  cluster: KafkaCluster,
  ranges: readonly ReadRange[],
  bufferBytes: number,
): AsyncGenerator<RecordBatch> {
  const queue: QueuedBatch[] = []
  const arrived = new WakeUp()
  const deliver = (queued: QueuedBatch): void => {
    queue.push(queued)
    arrived.ring()
  }
  const targets = ranges
    .filter(({ from, to }) => from < to)
    .map((range) => new QueueTarget({ ...range, partitionBytes: PARTITION_BYTES, deliver }))
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
