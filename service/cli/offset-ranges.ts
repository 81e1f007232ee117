import { offset, partitionText, type Position } from '../../base/position.ts'
import type { LogRange } from '../../queries/as-of/events-at.ts'

/** Remembers positions as ranges: what is appended in batches takes little room. */
export class OffsetRanges {
  readonly #byPartition = new Map<string, { -readonly [K in keyof LogRange]: LogRange[K] }[]>()

  add({ topic, partition, offset: at }: Position): void {
    const key = partitionText({ topic, partition })
    const ranges = this.#byPartition.get(key) ?? []
    this.#byPartition.set(key, ranges)
    const last = ranges.at(-1)
    const next = offset(at + 1n)
    if (last?.next === at) last.next = next
    else ranges.push({ topic, partition, first: at, next })
  }

  all(): LogRange[] {
    return [...this.#byPartition.values()].flat()
  }
}
