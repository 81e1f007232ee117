import type { Position } from '../log/event-log.ts'
import type { BadRecord } from './read-record.ts'

/** What of the log goes into tables. */
export interface Selection {
  takesEvent(event: SelectedEvent): boolean
  takesDeadLetter(bad: BadRecord): boolean
}

/** What an event is selected by. */
export interface SelectedEvent extends Pick<Position, 'topic' | 'partition'> {
  readonly offset: bigint
  /** Nanoseconds since the epoch. */
  readonly instant: bigint
}
