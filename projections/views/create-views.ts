import { compareColumns, compareForms, isNewer } from '../forms/compare-forms.ts'
import { currentForm, type ProjectionForm } from '../forms/form.ts'
import { addColumns } from '../generations/generation-columns.ts'
import type { Generation } from '../generations/generation.ts'
import type { ReadModelStore } from '../read-model-store.ts'
import { storedForm, type StoredColumn, type StoredForm } from '../forms/stored-form.ts'
import { quoteIdentifier, quoteText } from '../../base/quote-sql.ts'
import type { Columns } from '../columns/table-columns.ts'
import { derivedViews } from './derived-views.ts'
import { kindViewColumns, kindViews, kindViewSelect } from './kind-views.ts'
import { commentsOfQuestion, questionSelect } from './question-views/question-view.ts'
import { questionViews } from './question-views/question-views.ts'
import { columnComment } from './column-comments.ts'

/** The name of the view of all events: what readers follow, and every other view is made of. */
export const EVENTS_VIEW = 'events'
export const DEAD_LETTERS_VIEW = 'dead_letters'
export const EVENTS_COMMENT = 'All events, each once, one row an event'
export const DEAD_LETTERS_COMMENT = 'Records of the log that are no events'

interface View {
  readonly name: string
  readonly comment: string
  readonly select: string
  readonly columnComments: Readonly<Record<string, string>>
}

/**
 * Makes readers follow a generation, of whatever form: columns that it lacks and can compute are added to it. `events`, and every
 * view that is made of it, moves in one atomic step; `dead_letters` in another. The view's comment names the generation, so
 * that there is one truth about which one is live.
 */
export async function pointReadersAt(
  store: ReadModelStore,
  generation: Generation,
  form: ProjectionForm = currentForm,
): Promise<void> {
  const stored = await addColumns(store, generation, form)
  for (const view of viewsOfTables(store, generation, stored, form)) await createView(store, view)
}

/** The id of the generation that readers follow, or null before the first. */
export async function liveGenerationId(store: ReadModelStore): Promise<string | null> {
  const [view] = await store.query<{ comment: string }>({
    sql: 'SELECT comment FROM system.tables WHERE database = {database:String} AND name = {name:String}',
    params: { database: store.database, name: EVENTS_VIEW },
  })
  return view === undefined ? null : (/generation ([0-9a-f]+)$/.exec(view.comment)?.[1] ?? null)
}

/**
 * Creates all views over the generation that readers follow, or brings those that differ to the form of this release, unless a
 * newer one has brought them further.
 */
export async function createViews(
  store: ReadModelStore,
  live: Generation,
  form: ProjectionForm = currentForm,
): Promise<void> {
  const found = await storedForm(store, live)
  if (isNewer(compareForms(found, form)) || (await showUnknownColumns(store, found, form))) return
  const stored = await addColumns(store, live, form)
  const events = store.table(EVENTS_VIEW)
  const wanted = [
    ...viewsOfTables(store, live, stored, form),
    ...kindViews.map((view) => ({
      name: view.name,
      comment: view.comment,
      select: kindViewSelect(view, events),
      columnComments: namedComments(view.name, kindViewColumns(view)),
    })),
    ...derivedViews.map(({ name, comment, columns, select }) => ({
      name,
      comment,
      select: select(events),
      columnComments: namedComments(name, columns),
    })),
    ...questionViews.map((view) => ({
      name: view.name,
      comment: view.comment,
      select: questionSelect(view, (name) => store.table(name)),
      columnComments: commentsOfQuestion(view),
    })),
  ]
  const differing = await differingFrom(store, wanted)
  if (differing.length === 0) return
  // Readers may have been moved meanwhile, by a process whose views are then newer.
  if ((await liveGenerationId(store)) !== live.id) return
  for (const view of differing) await createView(store, view)
}

/** By name; a column stands for itself, or for an expression that it shows. */
function namedComments(
  view: string,
  columns: readonly (string | readonly [expression: string, name: string])[],
): Record<string, string> {
  const pairs = columns.map((column) => (typeof column === 'string' ? ([column, column] as const) : column))
  return Object.fromEntries(pairs.map(([expression, name]) => [name, columnComment(view, expression, name)]))
}

/** The views that have the columns of the release, whichever the generation's tables have. */
function viewsOfTables(
  store: ReadModelStore,
  { id, eventsTable, deadLettersTable }: Generation,
  stored: StoredForm,
  form: ProjectionForm,
): View[] {
  return [
    {
      name: EVENTS_VIEW,
      comment: `${EVENTS_COMMENT}; generation ${id}`,
      select: tableSelect(store.table(eventsTable), stored.events, form.eventColumns),
      columnComments: namedComments(EVENTS_VIEW, Object.keys(form.eventColumns)),
    },
    {
      name: DEAD_LETTERS_VIEW,
      comment: `${DEAD_LETTERS_COMMENT}; generation ${id}`,
      select: tableSelect(store.table(deadLettersTable), stored.deadLetters, form.deadLetterColumns),
      columnComments: namedComments(DEAD_LETTERS_VIEW, Object.keys(form.deadLetterColumns)),
    },
  ]
}

/**
 * The SELECT that shows a table of whatever form with the columns of a release: what the table lacks is NULL, or the default of
 * its type where that has no NULL; what the release does not know comes last.
 */
function tableSelect(qualifiedName: string, stored: readonly StoredColumn[], columns: Columns): string {
  const { lacking, unknown } = compareColumns(stored, columns)
  const isLacking = new Set(lacking)
  const selected = Object.entries(columns).map(([name, { type }]) =>
    isLacking.has(name)
      ? `defaultValueOfTypeName(${quoteText(type.sql)}) AS ${quoteIdentifier(name)}`
      : quoteIdentifier(name),
  )
  const others = unknown.map(({ name }) => quoteIdentifier(name))
  return `SELECT ${[...selected, ...others].join(', ')} FROM ${qualifiedName}`
}

/** Whether the views have columns that neither the tables have nor this release knows. */
async function showUnknownColumns(store: ReadModelStore, stored: StoredForm, form: ProjectionForm): Promise<boolean> {
  const shown = await store.query<{ holder: string; name: string }>({
    sql: `SELECT table AS holder, name FROM system.columns
      WHERE database = {database:String} AND table IN {views:Array(String)}`,
    params: { database: store.database, views: [EVENTS_VIEW, DEAD_LETTERS_VIEW] },
  })
  const namesOf = (columns: readonly StoredColumn[], known: Columns): Set<string> =>
    new Set([...columns.map(({ name }) => name), ...Object.keys(known)])
  const events = namesOf(stored.events, form.eventColumns)
  const deadLetters = namesOf(stored.deadLetters, form.deadLetterColumns)
  return shown.some(({ holder, name }) => !(holder === EVENTS_VIEW ? events : deadLetters).has(name))
}

/** Those of the views that the database lacks or has otherwise. ClickHouse keeps a view's statement as it would print it. */
async function differingFrom(store: ReadModelStore, views: readonly View[]): Promise<View[]> {
  // Not as parameters, which stand in the URL: a server takes no more than a few KB there.
  const wanted = views.map(
    ({ name, comment, select }) =>
      `(${quoteText(name)}, ${quoteText(comment)}, formatQuerySingleLine(${quoteText(select)}))`,
  )
  const same = await store.query<{ name: string }>({
    sql: `SELECT name FROM system.tables WHERE database = {database:String} AND (name, comment, as_select) IN (${wanted.join(', ')})`,
    params: { database: store.database },
  })
  const known = new Set(same.map(({ name }) => name))
  const columns = await store.query<{ holder: string; name: string; comment: string }>({
    sql: `SELECT table AS holder, name, comment FROM system.columns
      WHERE database = {database:String} AND table IN {views:Array(String)}`,
    params: { database: store.database, views: [...known] },
  })
  const commentsOf = new Map(views.map(({ name, columnComments }) => [name, columnComments]))
  for (const { holder, name, comment } of columns) {
    if (comment !== (commentsOf.get(holder)?.[name] ?? '')) known.delete(holder)
  }
  return views.filter(({ name }) => !known.has(name))
}

/**
 * A view has comments of its columns only where their types are listed, too. Whoever reads it needs the rights on what is below it, and meets
 * the row policies there: as a definer would, it would pass them.
 */
async function createView(store: ReadModelStore, { name, select, comment, columnComments }: View): Promise<void> {
  const columns = await store.query<{ name: string; type: string }>({ sql: `DESCRIBE TABLE (${select})` })
  const list = columns.map(
    (column) =>
      `${quoteIdentifier(column.name)} ${column.type} COMMENT ${quoteText(columnComments[column.name] ?? '')}`,
  )
  await store.command({
    sql: `CREATE OR REPLACE VIEW ${store.table(name)} (${list.join(', ')}) SQL SECURITY INVOKER AS ${select} COMMENT ${quoteText(comment)}`,
  })
}
