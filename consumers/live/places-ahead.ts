import { partitionText, type TopicPartition } from '../../base/position.ts'
import type { PartitionProgress, Progress } from '../subscription/progress.ts'

/** Places of partitions of which a reader has seen more than the head has, from another process. */
export class PlacesAhead {
  readonly #places = new Map<string, PartitionProgress>()

  get isEmpty(): boolean {
    return this.#places.size === 0
  }

  of(partition: TopicPartition): PartitionProgress | undefined {
    return this.#places.get(partitionText(partition))
  }

  add(place: PartitionProgress): void {
    this.#places.set(partitionText(place), place)
  }

  delete(partition: TopicPartition): void {
    this.#places.delete(partitionText(partition))
  }

  clear(): void {
    this.#places.clear()
  }

  /** What the head has come to, with what the reader has seen beyond it. */
  over(progress: Progress): Progress {
    let overlaid = progress
    for (const place of this.#places.values()) {
      const at = overlaid.of(place)
      if (at === undefined || at.next < place.next) overlaid = overlaid.with(place)
    }
    return overlaid
  }
}
