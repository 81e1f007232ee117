import { offset, partitionText, type Position } from '../../base/position.ts'
import type { LogRange } from '../../queries/as-of/events-at.ts'

type OpenRange = { -readonly [Field in keyof LogRange]: LogRange[Field] }

/** Remembers positions as ranges: what is appended in batches takes little room. */
export class OffsetRanges {
  readonly #byPartition = new Map<string, OpenRange[]>()
  /** The range that grew last: what is told of together mostly stands together. */
  #last: OpenRange | null = null
  readonly #mostRanges: number
  #isJoined = false

  /** `mostRanges`: of a partition; where others append as well, there would be as many as appends. */
  constructor(mostRanges = Infinity) {
    this.#mostRanges = mostRanges
  }

  add({ topic, partition, offset: at }: Position): void {
    const next = offset(at + 1n)
    let last = this.#last
    if (last === null || last.partition !== partition || last.topic !== topic) {
      last = this.#rangesOf(topic, partition).at(-1) ?? null
    }
    if (last?.next === at) last.next = next
    else last = this.#begin({ topic, partition, first: at, next })
    this.#last = last
  }

  /** Whether ranges of a partition were joined, so that there are positions of others in them. */
  get isJoined(): boolean {
    return this.#isJoined
  }

  all(): LogRange[] {
    return [...this.#byPartition.values()].flat()
  }

  #begin(range: OpenRange): OpenRange {
    const ranges = this.#rangesOf(range.topic, range.partition)
    const last = ranges.at(-1)
    if (last === undefined || ranges.length < this.#mostRanges) {
      ranges.push(range)
      return range
    }
    this.#isJoined = true
    last.next = range.next
    return last
  }

  #rangesOf(topic: string, partition: number): OpenRange[] {
    const key = partitionText({ topic, partition })
    let ranges = this.#byPartition.get(key)
    if (ranges === undefined) {
      ranges = []
      this.#byPartition.set(key, ranges)
    }
    return ranges
  }
}
