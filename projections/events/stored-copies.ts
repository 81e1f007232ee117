import type { ReadModelStore } from '../read-model-store.ts'
import { table } from '../table-name.ts'
import type { EventRow } from './event-columns.ts'

/** A row of an event that equals another: same tenant, id and content, which is what the digest covers. */
export interface StoredCopy {
  /** As `digestKey` writes it. */
  readonly digest: string
  readonly partition: number
  readonly offset: bigint
}

/** Finds what the read model holds of the same events as rows of one tenant. */
export type FindCopies = (rows: readonly EventRow[]) => Promise<StoredCopy[]>

/** A digest as a key of sets: hex. */
export const digestKey = (digest: Uint8Array): string =>
  Buffer.from(digest.buffer, digest.byteOffset, digest.length).toString('hex')

/** 21 bytes each keep the statement below ClickHouse's default `max_query_size` of 256 KiB. */
const DIGESTS_A_STATEMENT = 10_000

/**
 * Looks copies up in the table of events. Equal events whose time can be read have equal instants, so their look-up is bounded
 * by the batch's own instants and the primary key prunes it. Where the log's time stands in, each append has another instant:
 * those are looked up by their ids, which an index prunes. The statement lists half digests, which ClickHouse parses as plain
 * numbers; whole ones are compared here.
 */
export function copiesIn(store: ReadModelStore, eventsTable: string): FindCopies {
  const find = async (
    rows: readonly EventRow[],
    { condition, params }: { readonly condition: string; readonly params: Readonly<Record<string, unknown>> },
  ): Promise<StoredCopy[]> => {
    const wanted = new Set(rows.map(({ digest }) => digestKey(digest)))
    const halves = rows.map(({ digest }) => new DataView(digest.buffer, digest.byteOffset).getBigUint64(0, true))
    const found = await store.query<{ whole: string; partition: number; position: string }>({
      sql: `SELECT lower(hex(reinterpretAsFixedString(digest))) AS whole, partition, offset AS position
        FROM ${table(store, eventsTable)}
        WHERE ${condition} AND toUInt64(digest) IN (${halves.join(',')})`,
      params,
    })
    return found
      .filter(({ whole }) => wanted.has(whole))
      .map(({ whole, partition, position }) => ({ digest: whole, partition, offset: BigInt(position) }))
  }

  return async (rows) => {
    const copies: StoredCopy[] = []
    const dated = rows.filter(({ instant_source }) => instant_source === 'text')
    for (const chunk of chunksOf(dated, DIGESTS_A_STATEMENT)) {
      copies.push(...(await find(chunk, nearRows(chunk))))
    }
    const undated = rows.filter(({ instant_source }) => instant_source === 'log')
    for (const chunk of chunksOf(undated, IDS_A_STATEMENT)) {
      const ids = chunk.map(({ event_id }) => event_id)
      const condition = 'tenant_id = {tenant:String} AND event_id IN {ids:Array(String)}'
      copies.push(...(await find(chunk, { condition, params: { tenant: chunk[0]?.tenant_id ?? '', ids } })))
    }
    return copies
  }
}

/** Ids take up to 256 bytes each. */
const IDS_A_STATEMENT = 500

function* chunksOf<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size)
}

/** What all of the rows, which are of one tenant, have in common, so that the table's primary key prunes. */
export function nearRows(rows: readonly EventRow[]): {
  readonly condition: string
  readonly params: Readonly<Record<string, unknown>>
} {
  const { from, to } = instantBounds(rows)
  return {
    condition: `tenant_id = {tenant:String} AND instant >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
      AND instant <= fromUnixTimestamp64Nano({to:Int64}, 'UTC')`,
    params: { tenant: rows[0]?.tenant_id ?? '', from: from.toString(), to: to.toString() },
  }
}

function instantBounds(rows: readonly EventRow[]): { from: bigint; to: bigint } {
  let from = rows[0]?.instant ?? 0n
  let to = from
  for (const { instant } of rows) {
    if (instant < from) from = instant
    if (instant > to) to = instant
  }
  return { from, to }
}
