import { DIGEST_BYTES } from '../../schemas/content-digest.ts'
import type { Near } from '../insert-range.ts'
import type { ReadModelStore } from '../read-model-store.ts'
import { table } from '../table-name.ts'
import type { EventKeys } from './event-keys.ts'

/** A row of an event that equals another: same tenant, id and content, which is what the digest covers. */
export interface StoredCopy {
  /** As `digestKey` writes it. */
  readonly digest: string
  readonly partition: number
  readonly offset: bigint
}

/** Finds what the read model holds of the same events. */
export type FindCopies = (keys: EventKeys) => Promise<StoredCopy[]>

/** A digest as a key of sets: hex. */
export const digestKey = (digest: Uint8Array): string =>
  Buffer.from(digest.buffer, digest.byteOffset, digest.length).toString('hex')

/**
 * Looks copies up in the table of events. Equal events whose time can be read have equal instants, so their look-up is bounded
 * by the instants asked for and the primary key prunes it. Where the log's time stands in, each append has another instant:
 * those are looked up by their ids, which an index prunes. The statement lists half digests, as hex digits in one literal that is read as
 * RowBinary: a list of 50,000 numbers takes ClickHouse 100 ms to parse, this 20. Whole digests are compared here.
 */
export function copiesIn(store: ReadModelStore, eventsTable: string): FindCopies {
  const find = async ({ condition, params }: Near): Promise<StoredCopy[]> => {
    const rows = await store.query<{ digest: string; partition: number; position: string }>({
      sql: `SELECT lower(hex(reinterpretAsFixedString(digest))) AS digest, partition, offset AS position
        FROM ${table(store, eventsTable)} AS stored WHERE ${condition}`,
      params,
    })
    return rows.map(({ digest, partition, position }) => ({ digest, partition, offset: BigInt(position) }))
  }

  return async (keys) => {
    const found: StoredCopy[] = []
    const dated = keys.all().filter((row) => !keys.undated.has(row))
    if (dated.length > 0) {
      const { condition, params } = nearRows(keys, dated)
      const sql = `${condition} AND toUInt64(stored.digest) IN (${halves(keys, dated)})`
      found.push(...(await find({ condition: sql, params })))
    }
    const ids = [...keys.undated.values()]
    for (let start = 0; start < ids.length; start += IDS_A_STATEMENT) {
      const params = { tenant: keys.tenantId, ids: ids.slice(start, start + IDS_A_STATEMENT) }
      found.push(
        ...(await find({ condition: 'tenant_id = {tenant:String} AND event_id IN {ids:Array(String)}', params })),
      )
    }
    if (found.length === 0) return []
    const wanted = new Set(keys.all().map((row) => digestKey(keys.digest(row))))
    return found.filter(({ digest }) => wanted.has(digest))
  }
}

/** Ids take up to 256 bytes each. */
const IDS_A_STATEMENT = 500

const HALF_BYTES = DIGEST_BYTES / 2

/** The first halves of the digests, as a query of numbers. */
function halves({ digests }: EventKeys, rows: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(rows.length * HALF_BYTES)
  for (const [place, row] of rows.entries())
    bytes.set(digests.subarray(row * DIGEST_BYTES, row * DIGEST_BYTES + HALF_BYTES), place * HALF_BYTES)
  const digits = `h FixedString(${2 * HALF_BYTES})`
  return `SELECT reinterpretAsUInt64(unhex(h)) FROM format(RowBinary, '${digits}', '${bytes.toString('hex')}')`
}

/** What some of the rows, by default all, have in common, so that the table's primary key prunes. */
export function nearRows(keys: EventKeys, rows: readonly number[] = keys.all()): Near {
  let from = keys.instants[rows[0] ?? 0] ?? 0n
  let to = from
  for (const row of rows) {
    const instant = keys.instants[row]!
    if (instant < from) from = instant
    if (instant > to) to = instant
  }
  return {
    condition: `tenant_id = {tenant:String} AND instant >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
      AND instant <= fromUnixTimestamp64Nano({to:Int64}, 'UTC')`,
    params: { tenant: keys.tenantId, from: from.toString(), to: to.toString() },
  }
}
