import type { Position } from '../base/position.ts'
import type { BadRecord } from './read-record.ts'

/** What of the log goes into tables. */
export interface Selection {
  takesEvent(event: SelectedEvent): boolean
  takesDeadLetter(bad: BadRecord): boolean
}

/** What an event is selected by. */
export interface SelectedEvent extends Position {
  /** Nanoseconds since the epoch. */
  readonly instant: bigint
}
