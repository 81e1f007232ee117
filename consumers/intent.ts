import { offset, type Offset } from '../base/position.ts'
import { type CommittedOffset } from '../log/event-log.ts'

/**
 * What a projector commits beside an offset before it inserts: the end of the range that it is about to insert. After a
 * crash the next owner reads it and inserts exactly that range again, under the same deduplication token.
 */
export function intentMetadata(next: Offset): string {
  return `intent:${next}`
}

/** No range is under way. */
export const NO_INTENT = ''

/** End of the range that was under way when the offset was committed; null if none was. */
export function intentOf(committed: CommittedOffset | null): Offset | null {
  const match = committed === null ? null : /^intent:(\d+)$/.exec(committed.metadata)
  return match === null ? null : offset(match[1] as string)
}
