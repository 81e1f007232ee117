import { partitionText } from '../../base/position.ts'
import type { PartitionOffsets } from '../../log/event-log.ts'
import type { ItemContent } from '../subscription/items.ts'
import { Progress } from '../subscription/progress.ts'
import type { Start } from '../subscription/start.ts'
import type { Head } from './head.ts'

/** Where a reader begins. */
export interface Begun {
  readonly progress: Progress
  /** What was lost before. */
  readonly lost: readonly ItemContent[]
  /** What the log holds, and the head has not found yet. */
  readonly unfound: Map<string, PartitionOffsets>
}

/** Begins with what the log holds, as the head knows it. Error: `InvalidQuery` (`from.after`). */
export function beginPlaces(head: Head, start: Start, held: readonly PartitionOffsets[]): Begun {
  const unfound = new Map(held.map((each) => [partitionText(each), each]))
  const lost: ItemContent[] = []
  let progress = Progress.none()
  for (const { topic, partition, topicId, from } of head.places()) {
    const key = partitionText({ topic, partition })
    const offsets = unfound.get(key)
    unfound.delete(key)
    // What came after the log was asked is new.
    const begun = offsets === undefined ? { from, lost: null } : start.begin({ ...offsets, topicId })
    if (begun.lost !== null) lost.push(begun.lost)
    progress = progress.with({ topic, partition, topicId, next: begun.from })
  }
  return { progress, lost, unfound }
}
