import { partitionText } from '../../../base/position.ts'
import type { ReadRange } from '../../event-log.ts'
import type { RecordBatch } from '../../record.ts'
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
    const following = queued.target.room() === 0 ? next.get(queued.target) : undefined
    if (following === undefined) return
    fetcher.remove(queued.target)
    fetcher.add(following)
  }
  const targets = ranges
    .filter(({ from, to }) => from < to)
    .map((range) => new QueueTarget({ ...range, partitionBytes: PARTITION_BYTES, deliver }))
  // A broker is asked for one place of a partition at a time: ranges of one come one after another.
  const next = new Map<QueueTarget, QueueTarget>()
  const end = new AbortController()
  const fetcher = new KafkaFetcher(cluster, {
    minBytes: 1,
    lingerMs: 0,
    bufferBytes,
    beyondEnd: (target) => Promise.reject(shorterLog(target)),
  })
  const last = new Map<string, QueueTarget>()
  for (const target of targets) {
    const before = last.get(partitionText(target))
    if (before === undefined) fetcher.add(target)
    else next.set(before, target)
    last.set(partitionText(target), target)
  }
  let failure: unknown
  const fetching = fetcher.run(end.signal).catch((error: unknown) => {
    failure = error
    end.abort()
  })
  try {
    while (queue.length > 0 || targets.some((target) => target.room() > 0)) {
      const queued = queue.shift()
      if (queued !== undefined) {
        yield queued.batch
        fetcher.release(queued.bytes)
      } else if (end.signal.aborted) throw failure
      else await arrived.wait(end.signal)
    }
  } finally {
    end.abort()
    await fetching
  }
}
