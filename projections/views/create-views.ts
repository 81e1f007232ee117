import type { Generation } from '../generation.ts'
import type { ReadModelStore } from '../read-model-store.ts'
import { quoteText } from '../table-columns.ts'
import { table } from '../table-name.ts'
import { derivedViews } from './derived-views.ts'
import { kindViews, kindViewSelect } from './kind-views.ts'

/** The name of the view of all events: what readers follow, and every other view is made of. */
export const EVENTS_VIEW = 'events'
const DEAD_LETTERS_VIEW = 'dead_letters'

/**
 * Makes readers follow a generation. `events`, and every view that is made of it, moves in one atomic step; `dead_letters` in
 * another. The view's comment names the generation, so that there is one truth about which one is live.
 */
export async function pointReadersAt(store: ReadModelStore, generation: Generation): Promise<void> {
  await createView(store, EVENTS_VIEW, `SELECT * FROM ${table(store, generation.eventsTable)}`, {
    comment: `All events, each once, one row an event; generation ${generation.id}`,
  })
  await createView(store, DEAD_LETTERS_VIEW, `SELECT * FROM ${table(store, generation.deadLettersTable)}`, {
    comment: `Records of the log that are no events; generation ${generation.id}`,
  })
}

/** The id of the generation that readers follow, or null before the first. */
export async function liveGenerationId(store: ReadModelStore): Promise<string | null> {
  const [view] = await store.query<{ comment: string }>({
    sql: 'SELECT comment FROM system.tables WHERE database = {database:String} AND name = {name:String}',
    params: { database: store.database, name: EVENTS_VIEW },
  })
  return view === undefined ? null : (/generation ([0-9a-f]+)$/.exec(view.comment)?.[1] ?? null)
}

/** Creates the views that are made of `events`, or brings them to the form of this release. */
export async function createViews(store: ReadModelStore): Promise<void> {
  const events = table(store, EVENTS_VIEW)
  for (const view of kindViews) await createView(store, view.name, kindViewSelect(view, events), view)
  for (const view of derivedViews) await createView(store, view.name, view.select(events), view)
}

async function createView(
  store: ReadModelStore,
  name: string,
  select: string,
  { comment }: { readonly comment: string },
): Promise<void> {
  await store.command({
    sql: `CREATE OR REPLACE VIEW ${table(store, name)} AS ${select} COMMENT ${quoteText(comment)}`,
  })
}
