import type { PartitionLag } from '../../consumers/projection-progress.ts'

/** The first event, or record that is none, in which the log and a table differ: the smallest (partition, offset). */
export interface FirstDifference {
  readonly table: 'events' | 'dead_letters'
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly event_id?: string
  readonly kind?: string
  /**
   * - `missing`: the log has it, and the table has it nowhere
   * - `extra`: the table has a row for a place where the log has no such thing
   * - `twice`: the table has a second row of it, at the same or at another place
   * - `altered`: the row at its place says something else
   */
  readonly what: 'missing' | 'extra' | 'twice' | 'altered'
}

/** One measure in which the log and the tables differ, or the read model differs from itself. */
export interface Difference {
  readonly topic: string
  /** What differs, such as `events of kind OutcomeRecorded` or `content of 2026-04-23`. */
  readonly measure: string
  /** What is right: what the log says, or, for roll-ups and views, what the rows of the table say. */
  readonly log: string
  /** What the tables, roll-ups or views say; for offsets, what was read. */
  readonly tables: string
  /** Where it begins; the same for all measures of one topic and table. Left out where no single event is at fault. */
  readonly first?: FirstDifference
}

/** What the tables lack of a partition since its topic is held. */
export function heldDifference({ topic, partition, projectedTo, lag }: PartitionLag): Difference {
  const measure = `records of partition ${partition} from ${projectedTo} on, held (see "experience-log dead-letters held")`
  return { topic, measure, log: String(lag), tables: '0' }
}
