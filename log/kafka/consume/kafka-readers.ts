import { partitionText } from '../../../base/position.ts'
import type { ReadRange } from '../../event-log.ts'
import type { RecordBatch } from '../../record.ts'
import type { KafkaCluster } from '../client/kafka-cluster.ts'
import { heldOffsets } from './held-offsets.ts'
import { readRanges } from './read-ranges.ts'

/** Readings that come one after the other need one. */
const KEPT = 2

export interface KafkaReadersOptions {
  /** For requests that need not wait behind a fetch. */
  readonly cluster: KafkaCluster
  /** Connections of their own. */
  readonly open: () => KafkaCluster
  readonly bufferBytes: number
}

/** Reads ranges, each reading with connections of its own, which the next one takes over: connecting takes several requests. */
export class KafkaReaders {
  readonly #options: KafkaReadersOptions
  #idle: KafkaCluster[] = []
  #isClosed = false

  constructor(options: KafkaReadersOptions) {
    this.#options = options
  }

  /** See `EventLog.read`. */
  async *read(ranges: readonly ReadRange[]): AsyncGenerator<RecordBatch> {
    const clipped = await this.#withinLog(ranges)
    if (clipped.length === 0) return
    const reader = this.#idle.pop() ?? this.#options.open()
    let isEnded = false
    try {
      await reader.connect()
      yield* readRanges(reader, clipped, this.#options.bufferBytes)
      isEnded = true
    } finally {
      // One that was left early may have a fetch under way, which the next one would wait for.
      if (isEnded && !this.#isClosed && this.#idle.length < KEPT) this.#idle.push(reader)
      else await reader.disconnect().catch(() => undefined)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#idle.splice(0).map((each) => each.disconnect()))
  }

  /** What is asked for beyond the log's end will not come. What is in an open transaction will be decided on, though. */
  async #withinLog(ranges: readonly ReadRange[]): Promise<ReadRange[]> {
    const names = [...new Set(ranges.filter(({ from, to }) => from < to).map(({ topic }) => topic))]
    if (names.length === 0) return []
    const held = await heldOffsets(this.#options.cluster, names, 'uncommitted')
    const ends = new Map(held.map((each) => [partitionText(each), each.next]))
    return ranges
      .map((range) => {
        const next = ends.get(partitionText(range)) ?? range.from
        return { ...range, to: range.to < next ? range.to : next }
      })
      .filter(({ from, to }) => from < to)
  }
}
