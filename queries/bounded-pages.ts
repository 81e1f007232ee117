import { AnswerTooLarge } from '../projections/answer-too-large.ts'
import type { ReadModelStore, Statement } from '../projections/read-model-store.ts'
import { EVENT_COLUMNS, StoredEvent, type EventRecord } from './events.ts'
import type { QueryContext } from './query-context.ts'

/** Selects some columns of the first events, in order, behind a cursor. */
export type EventsBehind = (columns: string, after: string | null, limit: bigint) => Promise<Statement>

export interface PageBounds {
  /** Where to begin; null for the beginning. */
  readonly after: string | null
  /** How many events there are at most in all pages; null for all. */
  readonly limit: bigint | null
  /** Events of a page. */
  readonly rows: number
}

/** Bytes of events that are in memory at once: what several readers at once can have. */
const PAGE_BYTES = 16 << 20

/**
 * Events in pages, each of so many events and some MB at most, so that any number of them, of any size, can be read in bounded memory.
 * A page is asked for at once; only where it takes too much are sizes looked at first, from then on: that is a statement more, and
 * takes half as long as a page of 1,000 does.
 */
export async function* boundedPages(
  { store }: QueryContext,
  behind: EventsBehind,
  { after: begin, limit, rows }: PageBounds,
): AsyncGenerator<StoredEvent[]> {
  let after = begin
  let left = limit
  let pageBehind: typeof wholePage = wholePage
  while (left !== 0n) {
    const wanted = left === null || left > rows ? BigInt(rows) : left
    const page = await pageBehind(store, (columns, most) => behind(columns, after, most), wanted)
    if (page === null) {
      pageBehind = fittingPage
      continue
    }
    const events = page.records.map((record) => new StoredEvent(record))
    if (events.length > 0) yield events
    if (page.isLast || events.length === 0) return
    if (left !== null) left -= BigInt(events.length)
    after = events.at(-1)!.cursor
  }
}

interface Page {
  readonly records: readonly EventRecord[]
  /** Whether nothing that was wanted follows. */
  readonly isLast: boolean
}

type Select = (columns: string, limit: bigint) => Promise<Statement>
type Store = Pick<ReadModelStore, 'query'>

/** Null where it takes too much. */
async function wholePage(store: Store, select: Select, wanted: bigint): Promise<Page | null> {
  const statement = await select(EVENT_COLUMNS, wanted)
  try {
    const records = await store.query<EventRecord>({ ...statement, mostBytes: PAGE_BYTES })
    return { records, isLast: BigInt(records.length) < wanted }
  } catch (error) {
    if (error instanceof AnswerTooLarge) return null
    throw error
  }
}

/** The first events of it, as many as do not take too much. */
async function fittingPage(store: Store, select: Select, wanted: bigint): Promise<Page> {
  const sizes = await store.query<{ size: string }>(await select('length(payload) AS size', wanted))
  const fitting = rowsFitting(sizes)
  if (fitting === 0n) return { records: [], isLast: true }
  const records = await store.query<EventRecord>(await select(EVENT_COLUMNS, fitting))
  return { records, isLast: fitting === BigInt(sizes.length) && fitting < wanted }
}

/** How many of the first events fit into a page: at least one, if there is any. */
function rowsFitting(sizes: readonly { readonly size: string }[]): bigint {
  let bytes = 0
  let fitting = 0n
  for (const { size } of sizes) {
    bytes += Number(size)
    if (bytes > PAGE_BYTES && fitting > 0n) break
    fitting++
  }
  return fitting
}
