import type { Offset, TopicPartition } from '../../base/position.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import type { ExceededShare } from './share-limit.ts'

/**
 * The topics that are held: most of their records are no events, and nothing more of them is projected until an operator says so.
 * All projectors of a read model know of the same ones, also those that start later. Errors of all: `Unavailable`, `StorageError`.
 */
export interface TopicHolds {
  /** Learns what others have held and released, unless that was done a moment ago. */
  refresh(): Promise<void>
  /**
   * From where on nothing of the partition is projected; null where its topic is not held. Where that is left open, the live
   * generation has come no further: what is built beside it comes as far.
   */
  heldFrom(partition: TopicPartition): Promise<Offset | null>
  /** The records before this one pass, whatever they are: an operator released them, or the live generation let them pass. */
  passedTo(partition: TopicPartition): Promise<Offset>
  /** How often the topic was released. Each time the counting of its bad records begins anew. */
  releases(topic: string): number
  /** Holds the topic from the place where the share was exceeded, for all projectors. */
  hold(exceeded: ExceededShare): Promise<void>
}

/** Ends the handling of a range; it comes again, and passes once its topic is released. */
export function isHeld(topic: string): ExperienceError {
  return new ExperienceError('TopicHeld', `the topic ${topic} is held: see "experience-log dead-letters held"`)
}
