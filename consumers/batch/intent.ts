import { randomBytes } from 'node:crypto'
import { offset, type Offset, type TopicPartition } from '../../base/position.ts'
import type { CommittedOffset } from '../../log/group-consumer.ts'

/** What a projector is about to insert: the records from the committed offset to `next`. */
export interface Intent {
  /** End of the range. */
  readonly next: Offset
  /** Names the insert: no other has had this name. */
  readonly name: string
  /** What the insert is of: a batch of many partitions, or, in intents of the release before, this range alone. */
  readonly of: 'batch' | 'range'
}

const NAME_BYTES = 9

/** A name for an insert that nobody has tried. */
export function newName(): string {
  return randomBytes(NAME_BYTES).toString('base64url')
}

const WORDS = { batch: 'batch', range: 'intent' } as const

/**
 * What a projector commits beside an offset before it inserts. After a crash the next owner reads it, and settles the insert before it
 * goes on.
 */
export function intentMetadata({ next, name, of }: Intent): string {
  return `${WORDS[of]}:${next}:${name}`
}

/** No range is under way. */
export const NO_INTENT = ''

/** The range that was under way when the offset was committed; null if none was. */
export function intentOf(committed: CommittedOffset | null): Intent | null {
  const match = committed === null ? null : /^(batch|intent):(\d+):([\w-]+)$/.exec(committed.metadata)
  if (match === null) return null
  const [, word, next, name] = match as unknown as [string, string, string, string]
  return { next: offset(next), name, of: word === WORDS.batch ? 'batch' : 'range' }
}

/** The deduplication token of a batch's inserts into a generation's tables, one into each. */
export function batchToken(generationId: string, name: string): string {
  return `${generationId}:${name}`
}

/** The deduplication token of the insert that an intent at an offset announced. */
export function tokenOf(
  generationId: string,
  { topic, partition }: TopicPartition,
  first: Offset,
  { next, name, of }: Intent,
): string {
  if (of === 'batch') return batchToken(generationId, name)
  return `${generationId}:${topic}:${partition}:${first}:${next - 1n}:${name}`
}
