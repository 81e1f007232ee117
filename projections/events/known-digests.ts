import type { ReadModelStore } from '../read-model-store.ts'
import { table } from '../table-name.ts'
import type { EventRow } from './event-columns.ts'

/** The digests, of rows of one tenant, that the read model holds already. */
export type KnownDigests = (rows: readonly EventRow[]) => Promise<ReadonlySet<string>>

/** A digest as a key of sets: hex. */
export const digestKey = (digest: Uint8Array): string =>
  Buffer.from(digest.buffer, digest.byteOffset, digest.length).toString('hex')

/** 21 bytes each keep the statement below ClickHouse's default `max_query_size` of 256 KiB. */
const DIGESTS_A_STATEMENT = 10_000

/**
 * Looks digests up in the table of events. Equal events have equal instants, so the look-up is bounded by the batch's own
 * instants and the primary key prunes it. The statement lists half digests, which ClickHouse parses as plain numbers; whole
 * ones are compared here.
 */
export function knownDigestsIn(store: ReadModelStore, eventsTable: string): KnownDigests {
  return async (rows) => {
    const known = new Set<string>()
    for (let start = 0; start < rows.length; start += DIGESTS_A_STATEMENT) {
      const chunk = rows.slice(start, start + DIGESTS_A_STATEMENT)
      const halves = chunk.map(({ digest }) => new DataView(digest.buffer, digest.byteOffset).getBigUint64(0, true))
      const { from, to } = instantBounds(chunk)
      const rowsFound = await store.query<{ found: string }>({
        sql: `SELECT lower(hex(reinterpretAsFixedString(digest))) AS found
          FROM ${table(store, eventsTable)}
          WHERE tenant_id = {tenant:String}
            AND instant >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
            AND instant <= fromUnixTimestamp64Nano({to:Int64}, 'UTC')
            AND toUInt64(digest) IN (${halves.join(',')})`,
        params: { tenant: chunk[0]?.tenant_id ?? '', from: from.toString(), to: to.toString() },
      })
      for (const row of rowsFound) known.add(row.found)
    }
    return known
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
