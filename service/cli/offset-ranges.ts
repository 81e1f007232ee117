import type { Position, TopicPartition } from '../../log/event-log.ts'

/** Offsets `[first, next)` of a partition. */
export interface OffsetRange extends TopicPartition {
  readonly first: bigint
  readonly next: bigint
}

/** Remembers positions as ranges: what is appended in batches takes little room. */
export class OffsetRanges {
  private readonly byPartition = new Map<string, { -readonly [K in keyof OffsetRange]: OffsetRange[K] }[]>()

  add({ topic, partition, offset }: Position): void {
    const key = `${topic}/${partition}`
    const ranges = this.byPartition.get(key) ?? []
    this.byPartition.set(key, ranges)
    const last = ranges.at(-1)
    if (last?.next === offset) last.next++
    else ranges.push({ topic, partition, first: offset, next: offset + 1n })
  }

  all(): OffsetRange[] {
    return [...this.byPartition.values()].flat()
  }
}
