import type { Offset } from '../../base/position.ts'
import type { PartitionOffsets } from '../../log/event-log.ts'
import type { RecordBatch } from '../../log/record.ts'
import type { Difference } from './difference.ts'

interface Coverage {
  readonly bounds: PartitionOffsets
  /** Ranges that were read, joined where they meet, in the order of reading. */
  readonly ranges: { readonly first: Offset; next: Offset }[]
  /** Whether every record lay inside its batch, behind the one before. */
  inOrder: boolean
}

/** Ranges of one partition that are told in words; more are counted. */
const TOLD_RANGES = 5

/**
 * Checks that each partition is read from its earliest offset to its end, once and without a hole. It looks at the ranges of
 * batches, not at records: offsets without a record, such as transaction markers, are no holes.
 */
export class OffsetCoverage {
  readonly #partitions: ReadonlyMap<number, Coverage>

  /** The partitions of one topic. */
  constructor(partitions: readonly PartitionOffsets[]) {
    this.#partitions = new Map(
      partitions.map((bounds) => [bounds.partition, { bounds, ranges: [], inOrder: true } satisfies Coverage]),
    )
  }

  add({ partition, first, next, records }: RecordBatch): void {
    const coverage = this.#partitions.get(partition)
    if (coverage === undefined) return
    const last = coverage.ranges.at(-1)
    if (last !== undefined && last.next === first) last.next = next
    else coverage.ranges.push({ first, next })

    let free: bigint = first
    for (const { offset } of records) {
      if (offset < free || offset >= next) coverage.inOrder = false
      free = offset + 1n
    }
  }

  differences(): Difference[] {
    return Array.from(this.#partitions.values()).flatMap(({ bounds, ranges, inOrder }) => {
      const { topic, partition, earliest, next } = bounds
      const expected = earliest < next ? rangeText(earliest, next) : 'none'
      const told = ranges.slice(0, TOLD_RANGES).map((range) => rangeText(range.first, range.next))
      if (ranges.length > TOLD_RANGES) told.push(`and ${ranges.length - TOLD_RANGES} more`)
      if (!inOrder) told.push('records out of order')
      const read = told.length === 0 ? 'none' : told.join(', ')
      return read === expected
        ? []
        : [{ topic, measure: `offsets of partition ${partition}`, log: expected, tables: read }]
    })
  }
}

function rangeText(first: bigint, next: bigint): string {
  return `${first} to ${next - 1n}`
}
