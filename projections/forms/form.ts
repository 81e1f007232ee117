import { deadLetterColumns } from '../dead-letters/dead-letter-columns.ts'
import { deadLetterRow } from '../dead-letters/dead-letter-row.ts'
import { eventColumns } from '../events/event-columns.ts'
import type { EventDetails } from '../events/detail-source.ts'
import { eventDetails } from '../events/event-details.ts'

/** What a release makes of the log: the columns of its tables, and the rows that records become. */
export interface ProjectionForm {
  /** 1, and 1 more for each of `changes`. */
  readonly version: number
  /** What each version from 2 on does otherwise, such as `events: tokens counts cached tokens too`. Operators read it. */
  readonly changes: readonly string[]
  readonly eventColumns: typeof eventColumns
  /** What the columns of each kind hold. */
  readonly eventDetails: EventDetails
  readonly deadLetterColumns: typeof deadLetterColumns
  readonly deadLetterRow: typeof deadLetterRow
}

/** Exported for tests, which make forms of other releases. */
export function projectionForm(parts: Omit<ProjectionForm, 'version'>): ProjectionForm {
  return { ...parts, version: parts.changes.length + 1 }
}

/**
 * The form of this release. `changes` gets a line whenever a release gives another value for the same record in a column that
 * exists, or changes the roll-up or the order of a table. A new column needs none: tables are asked which columns they have.
 * Nor does an index: a table without it gives the same answers. A column never changes its type, and is never removed: a changed
 * type is a new column (`docs/projections.md`).
 */
export const currentForm = projectionForm({
  changes: [],
  eventColumns,
  eventDetails,
  deadLetterColumns,
  deadLetterRow,
})
