import type { Position } from '../../log/event-log.ts'
import type { LogRange } from '../../queries/as-of/events-at.ts'

/** Remembers positions as ranges: what is appended in batches takes little room. */
export class OffsetRanges {
  private readonly byPartition = new Map<string, { -readonly [K in keyof LogRange]: LogRange[K] }[]>()

  add({ topic, partition, offset }: Position): void {
    const key = `${topic}/${partition}`
    const ranges = this.byPartition.get(key) ?? []
    this.byPartition.set(key, ranges)
    const last = ranges.at(-1)
    if (last?.next === offset) last.next++
    else ranges.push({ topic, partition, first: offset, next: offset + 1n })
  }

  all(): LogRange[] {
    return [...this.byPartition.values()].flat()
  }
}
