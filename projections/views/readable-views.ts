import { eventColumns } from '../events/event-columns.ts'
import { deadLetterColumns } from '../dead-letters/dead-letter-columns.ts'
import type { Columns } from '../columns/table-columns.ts'
import { DEAD_LETTERS_VIEW, EVENTS_VIEW } from './create-views.ts'
import { artifactState, REUSED_EVENT_ID_COLUMNS } from './derived-views.ts'
import { kindViewColumns, kindViews } from './kind-views.ts'

/** A view as those know it who select from it (docs/sql.md). */
export interface ReadableView {
  readonly name: string
  readonly columns: readonly string[]
  /**
   * Columns of texts, words and instants that are the table's own. To compare one with a text cannot fail on any row, and the table's order
   * and indexes serve it.
   */
  readonly comparable: ReadonlySet<string>
  /** Columns that the engine keeps as numbers of texts in a dictionary: one of a block of rows, whoever's they are. */
  readonly dictionaries: ReadonlySet<string>
}

const COMPARABLE = /^(?:Nullable\(|LowCardinality\()*(?:String|Enum8|DateTime64)/
const DICTIONARY = /^LowCardinality/

/** Every view that readers may select from, by its name. */
export const readableViews: ReadonlyMap<string, ReadableView> = new Map(
  [
    readableView(EVENTS_VIEW, ownColumns(eventColumns), eventColumns),
    ...kindViews.map((view) => readableView(view.name, kindViewColumns(view), eventColumns)),
    readableView('artifact_states', columnsOfEvents(Object.keys(artifactState)), eventColumns),
    readableView('reused_event_ids', columnsOfEvents(REUSED_EVENT_ID_COLUMNS), eventColumns),
    readableView(DEAD_LETTERS_VIEW, ownColumns(deadLetterColumns), deadLetterColumns),
  ].map((view) => [view.name, view]),
)

/** What stands behind a column: a column of the table, or something else. */
type Behind = readonly [expression: string, name: string]

function readableView(name: string, shown: readonly Behind[], columns: Columns): ReadableView {
  const namesOf = (pattern: RegExp): string[] =>
    shown
      .filter(([expression]) => Object.hasOwn(columns, expression) && pattern.test(columns[expression]!.type.sql))
      .map(([, each]) => each)
  return {
    name,
    columns: shown.map(([, each]) => each),
    comparable: new Set([...namesOf(COMPARABLE), ...shown.map(([, each]) => each).filter((each) => each === 'hour')]),
    dictionaries: new Set(namesOf(DICTIONARY)),
  }
}

function ownColumns(columns: Columns): Behind[] {
  return Object.keys(columns).map((name) => [name, name])
}

/** Columns that are computed from many events, but for the tenant's. */
function columnsOfEvents(names: readonly string[]): Behind[] {
  return names.map((name) => [name === 'tenant_id' ? name : `computed ${name}`, name])
}
