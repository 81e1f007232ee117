import { DIGEST_BYTES } from '../../schemas/content-digest.ts'
import type { ReadModelStore } from '../read-model-store.ts'
import type { EventKeys } from './event-keys.ts'

/** Where the log holds a row's event, of which there may be copies: same tenant, id and content, which is what the digest covers. */
export interface StoredCopy {
  /** As `digestKey` writes it. */
  readonly digest: string
  readonly partition: number
  readonly offset: bigint
}

/** A digest as a key of sets: hex. */
export function digestKey(digest: Uint8Array): string {
  return Buffer.from(digest.buffer, digest.byteOffset, digest.length).toString('hex')
}

export interface CopiesWanted {
  /** Rows of the keys. Default: all. */
  readonly among?: readonly number[]
  /** Leaves out the copies that are in this partition. Default: none. */
  readonly outsidePartition?: number
}

/**
 * Finds the rows of events that equal those of the keys, each once. Equal events whose time can be read have equal instants, so their look-up is
 * bounded by the instants asked for and the primary key prunes it. Where the log's time stands in, each append has another instant:
 * those are looked up by their ids, which an index prunes. The statement lists half digests, many of them as hex digits in one literal that
 * is read as RowBinary: a list of 50,000 numbers takes ClickHouse 100 ms to parse, this 20. Whole digests are compared here. The roll-up cannot
 * answer it, and considering it takes as long as the rest.
 */
export async function storedCopies(
  store: ReadModelStore,
  eventsTable: string,
  keys: EventKeys,
  { among = keys.all(), outsidePartition = NO_PARTITION }: CopiesWanted = {},
): Promise<StoredCopy[]> {
  const found: StoredCopy[] = []
  for (const { rows, condition, params } of [...ofDigests(keys, among), ...ofIds(keys, among)]) {
    const near = await store.query<{ digest: string; partition: number; position: string }>({
      sql: `SELECT lower(hex(reinterpretAsFixedString(digest))) AS digest, partition, offset AS position
        FROM ${store.table(eventsTable)} AS stored WHERE ${condition} AND partition != {outside:Int32}
        SETTINGS optimize_use_projections = 0`,
      params: { ...params, outside: outsidePartition },
    })
    if (near.length === 0) continue
    // Ids come again: what another look-up asks for may be found here too, and would count as a copy of itself.
    const wanted = new Set(rows.map((row) => digestKey(keys.digest(row))))
    for (const { digest, partition, position } of near) {
      if (wanted.has(digest)) found.push({ digest, partition, offset: BigInt(position) })
    }
  }
  return found
}

const NO_PARTITION = -1

/** A condition on rows, with its parameters, that the primary key of their table can use. */
interface Near {
  readonly condition: string
  readonly params: Readonly<Record<string, unknown>>
}

/** A condition that the copies of some rows meet, and perhaps others. */
interface LookUp extends Near {
  readonly rows: readonly number[]
}

function ofDigests(keys: EventKeys, among: readonly number[]): LookUp[] {
  const rows = among.filter((row) => !keys.undated.has(row))
  if (rows.length === 0) return []
  const { condition, params } = nearRows(keys, rows)
  return [{ rows, condition: `${condition} AND toUInt64(stored.digest) IN (${halves(keys, rows)})`, params }]
}

function ofIds({ tenantId, undated }: EventKeys, among: readonly number[]): LookUp[] {
  if (undated.size === 0) return []
  const all = among.flatMap((row) => {
    const id = undated.get(row)
    return id === undefined ? [] : [[row, id] as const]
  })
  return Array.from({ length: Math.ceil(all.length / IDS_A_STATEMENT) }, (_, part) => {
    const asked = all.slice(part * IDS_A_STATEMENT, (part + 1) * IDS_A_STATEMENT)
    return {
      rows: asked.map(([row]) => row),
      condition: 'tenant_id = {tenant:String} AND event_id IN {ids:Array(String)}',
      params: { tenant: tenantId, ids: asked.map(([, id]) => id) },
    }
  })
}

/** Ids take up to 256 bytes each. */
const IDS_A_STATEMENT = 500

const HALF_BYTES = DIGEST_BYTES / 2

/** So few numbers are parsed sooner than a query of them is planned, which takes 2 ms. */
const FEW_ROWS = 100

/** The first halves of the digests, as numbers or a query of them. */
function halves({ digests }: EventKeys, rows: readonly number[]): string {
  if (rows.length <= FEW_ROWS) {
    const view = new DataView(digests.buffer, digests.byteOffset)
    return rows.map((row) => view.getBigUint64(row * DIGEST_BYTES, true)).join(',')
  }
  const bytes = Buffer.allocUnsafe(rows.length * HALF_BYTES)
  for (const [place, row] of rows.entries())
    bytes.set(digests.subarray(row * DIGEST_BYTES, row * DIGEST_BYTES + HALF_BYTES), place * HALF_BYTES)
  const digits = `h FixedString(${2 * HALF_BYTES})`
  return `SELECT reinterpretAsUInt64(unhex(h)) FROM format(RowBinary, '${digits}', '${bytes.toString('hex')}')`
}

/** What some of the rows have in common, so that the table's primary key prunes. */
function nearRows(keys: EventKeys, rows: readonly number[]): Near {
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
