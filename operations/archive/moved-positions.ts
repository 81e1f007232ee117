import { type Offset, partitionText, type Position } from '../../base/position.ts'

/** Records that follow each other without a gap, where they came from and where they are now. */
interface Run {
  readonly from: Offset
  next: Offset
  readonly to: Position
}

/** Where the records of a tenant's topic have gone. Small where they stayed together, as they do in topics of one partition. */
export class MovedPositions {
  readonly #runs = new Map<string, Run[]>()

  /** Notes where a record went; those of a partition in their order. */
  add({ topic, partition, offset }: Position, to: Position): void {
    const name = partitionText({ topic, partition })
    const runs = this.#runs.get(name) ?? []
    this.#runs.set(name, runs)
    const last = runs.at(-1)
    const next = (offset + 1n) as Offset
    const isNext =
      last !== undefined &&
      last.next === offset &&
      last.to.partition === to.partition &&
      movedOffset(last, offset) === to.offset
    if (isNext) last.next = next
    else runs.push({ from: offset, next, to })
  }

  /** Where a record is now; null if it was not moved. */
  find({ topic, partition, offset }: Position): Position | null {
    const runs = this.#runs.get(partitionText({ topic, partition })) ?? []
    let [low, high] = [0, runs.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (runs[middle]!.next <= offset) low = middle + 1
      else high = middle
    }
    const run = runs[low]
    if (run === undefined || offset < run.from) return null
    return { ...run.to, offset: movedOffset(run, offset) }
  }

  clear(): void {
    this.#runs.clear()
  }
}

function movedOffset({ from, to }: Run, offset: Offset): Offset {
  return (to.offset + offset - from) as Offset
}
