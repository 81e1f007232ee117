import { EVENT_COLUMNS, StoredEvent, type EventRecord } from './events.ts'
import type { QueryContext } from './query-context.ts'
import type { Statement } from '../projections/read-model-store.ts'

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
/** So few fit, however large they are. */
const FEW_ROWS = 100n

/**
 * Events in pages, each of so many events and some MB at most, so that any number of them, of any size, can be read in bounded memory. For
 * a longer page, the sizes are looked at first: at 5,000 events, a tenth of the page's time.
 */
export async function* boundedPages(
  { store }: QueryContext,
  behind: EventsBehind,
  { after: begin, limit, rows }: PageBounds,
): AsyncGenerator<StoredEvent[]> {
  let after = begin
  let left = limit
  while (left !== 0n) {
    const wanted = left === null || left > rows ? BigInt(rows) : left
    const isFew = wanted <= FEW_ROWS
    const sizes = isFew ? null : await store.query<{ size: string }>(await behind(SIZE, after, wanted))
    const fitting = sizes === null ? wanted : rowsFitting(sizes)
    if (fitting === 0n) return
    const records = await store.query<EventRecord>(await behind(EVENT_COLUMNS, after, fitting))
    const page = records.map((record) => new StoredEvent(record))
    if (page.length > 0) yield page
    const isLast = sizes === null ? BigInt(page.length) < wanted : fitting === BigInt(sizes.length) && fitting < wanted
    if (isLast || page.length === 0) return
    if (left !== null) left -= fitting
    after = page.at(-1)!.cursor
  }
}

const SIZE = 'length(payload) AS size'

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
