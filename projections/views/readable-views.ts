import { eventColumns } from '../events/event-columns.ts'
import { deadLetterColumns } from '../dead-letters/dead-letter-columns.ts'
import type { Columns } from '../columns/table-columns.ts'
import { columnComment } from './column-comments.ts'
import { DEAD_LETTERS_COMMENT, DEAD_LETTERS_VIEW, EVENTS_COMMENT, EVENTS_VIEW } from './create-views.ts'
import { derivedViews } from './derived-views.ts'
import { kindViewColumns, kindViews } from './kind-views.ts'
import type { QuestionView } from './question-views/question-view.ts'
import { questionViews } from './question-views/question-views.ts'

/** A view as those know it who select from it (docs/sql.md). */
export interface ReadableView {
  readonly name: string
  /** What its rows are, in a sentence. */
  readonly comment: string
  readonly columns: readonly string[]
  /** What each of the columns means, in their order. */
  readonly columnComments: readonly string[]
  /**
   * Columns of texts, words and instants that are the table's own. To compare one with a text cannot fail on any row, and the table's order
   * and indexes serve it.
   */
  readonly comparable: ReadonlySet<string>
  /** Those of them that are instants. */
  readonly instants: ReadonlySet<string>
  /** Columns that are the table's own, whatever they hold. */
  readonly own: ReadonlySet<string>
  /** Columns that the engine keeps as numbers of texts in a dictionary: one of a block of rows, whoever's they are. */
  readonly dictionaries: ReadonlySet<string>
  /** What it is made of, where it puts rows of several views together: for a tenant, of the tenant's rows alone. */
  readonly question?: QuestionView
}

const COMPARABLE = /^(?:Nullable\(|LowCardinality\()*(?:String|Enum8|DateTime64)/
const INSTANT = /^(?:Nullable\()?DateTime64\(9/
const DICTIONARY = /^LowCardinality/

/** Every view that readers may select from, by its name. */
export const readableViews: ReadonlyMap<string, ReadableView> = new Map(
  [
    readableView(EVENTS_VIEW, EVENTS_COMMENT, ownColumns(eventColumns), eventColumns),
    ...kindViews.map((view) => readableView(view.name, view.comment, kindViewColumns(view), eventColumns)),
    ...derivedViews.map((view) => readableView(view.name, view.comment, columnsOfEvents(view.columns), eventColumns)),
    readableView(DEAD_LETTERS_VIEW, DEAD_LETTERS_COMMENT, ownColumns(deadLetterColumns), deadLetterColumns),
    ...questionViews.map(ofQuestion),
  ].map((view) => [view.name, view]),
)

/** What stands behind a column: a column of the table, or something else. */
type Behind = readonly [expression: string, name: string]

function readableView(name: string, comment: string, shown: readonly Behind[], columns: Columns): ReadableView {
  const namesOf = (pattern: RegExp): string[] =>
    shown
      .filter(([expression]) => Object.hasOwn(columns, expression) && pattern.test(columns[expression]!.type.sql))
      .map(([, each]) => each)
  return {
    name,
    comment,
    columns: shown.map(([, each]) => each),
    columnComments: shown.map(([expression, each]) => columnComment(name, expression, each)),
    comparable: new Set([...namesOf(COMPARABLE), ...shown.map(([, each]) => each).filter((each) => each === 'hour')]),
    instants: new Set(namesOf(INSTANT)),
    own: new Set(namesOf(/^/)),
    dictionaries: new Set(namesOf(DICTIONARY)),
  }
}

function ofQuestion(question: QuestionView): ReadableView {
  const { name, comment, columns, narrowedBy } = question
  const comparable = new Set(Object.values(narrowedBy).flat())
  return {
    name,
    comment,
    columns: Object.keys(columns),
    columnComments: Object.values(columns).map((column) => column.comment),
    comparable,
    instants: new Set(['instant'].filter((each) => comparable.has(each))),
    own: new Set(),
    dictionaries: new Set(),
    question,
  }
}

function ownColumns(columns: Columns): Behind[] {
  return Object.keys(columns).map((name) => [name, name])
}

/** Columns that are computed from many events, but for the tenant's. */
function columnsOfEvents(names: readonly string[]): Behind[] {
  return names.map((name) => [name === 'tenant_id' ? name : `computed ${name}`, name])
}
