import { randomBytes } from 'node:crypto'
import { offset, type Offset } from '../base/position.ts'
import type { CommittedOffset } from '../log/event-log.ts'

/** What a projector is about to insert: the records from the committed offset to `next`. */
export interface Intent {
  /** End of the range. */
  readonly next: Offset
  /** Names the insert: no other has had this name. Null in intents of the release before, which made names of ranges. */
  readonly name: string | null
}

const NAME_BYTES = 9

/** An intent to insert a range for the first time. */
export function newIntent(next: Offset): Intent {
  return { next, name: randomBytes(NAME_BYTES).toString('base64url') }
}

/**
 * What a projector commits beside an offset before it inserts. After a crash the next owner reads it, and inserts exactly that range
 * again under the same name.
 */
export function intentMetadata({ next, name }: Intent): string {
  return name === null ? `intent:${next}` : `intent:${next}:${name}`
}

/** No range is under way. */
export const NO_INTENT = ''

/** The range that was under way when the offset was committed; null if none was. */
export function intentOf(committed: CommittedOffset | null): Intent | null {
  const match = committed === null ? null : /^intent:(\d+)(?::([\w-]+))?$/.exec(committed.metadata)
  return match === null ? null : { next: offset(match[1] as string), name: match[2] ?? null }
}
