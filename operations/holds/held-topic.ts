import type { Position } from '../../base/position.ts'

/** A topic that is left alone since most of its latest records were no events. */
export interface HeldTopic {
  /** See `readModelId`. */
  readonly read_model: string
  readonly database: string
  readonly topic: string
  /** Nothing of the partition is projected from here on; of the topic's others, nothing more. */
  readonly position: Position
  /** So many of the latest records were no events, where this share, 0 to 1, is allowed. */
  readonly bad: number
  readonly records: number
  readonly share: number
  /** What most of the bad records have, the position of the first of these, and what is wrong with it. */
  readonly reason: string
  readonly example: string
  readonly message: string
  /** ISO 8601. */
  readonly heldAt: string
  /** user@host of the projector. */
  readonly heldBy: string
}
