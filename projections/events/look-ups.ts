import { quoteText } from '../../base/quote-sql.ts'
import { DIGEST_BYTES } from '../../schemas/content-digest.ts'
import type { EventKeys } from './event-keys.ts'

/** A condition that the stored copies of some rows meet, and perhaps others, and that the table's keys can use. */
export interface LookUp {
  readonly rows: readonly number[]
  readonly condition: string
  readonly params: Readonly<Record<string, unknown>>
}

/**
 * How the rows of keys are looked up. Equal events whose time can be read have equal instants, so their look-up is bounded by the
 * instants asked for and the primary key prunes it. Where the log's time stands in, each append has another instant: those are looked
 * up by their ids, which an index prunes.
 */
export function lookUps(keys: EventKeys, among: readonly number[]): LookUp[] {
  const parts = partsOf(keys, among)
  return [...ofDigests(keys, parts), ...ofIds(keys, parts)]
}

/** Rows of one tenant. */
interface Part {
  readonly tenantId: string
  readonly rows: readonly number[]
}

/** The rows by their partitions; they are given in ascending order. */
function partsOf(keys: EventKeys, among: readonly number[]): Part[] {
  const parts: Part[] = []
  let at = 0
  for (const { to, tenantId } of keys.partitions) {
    const start = at
    while (at < among.length && among[at]! < to) at++
    if (at > start) parts.push({ tenantId, rows: among.slice(start, at) })
  }
  return parts
}

/** Rows of tenants whose instants lie near one another. */
interface Near {
  readonly tenants: Set<string>
  readonly rows: number[]
  from: bigint
  to: bigint
  /** The longest time that one part takes by itself, ns. */
  longest: bigint
}

function ofDigests(keys: EventKeys, parts: readonly Part[]): LookUp[] {
  return near(keys, parts).map(({ tenants, rows, from, to }) => ({
    rows,
    condition: `tenant_id IN (${textList(tenants)}) AND instant >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')
      AND instant <= fromUnixTimestamp64Nano({to:Int64}, 'UTC') AND toUInt64(stored.digest) IN (${halves(keys, rows)})`,
    params: { from: from.toString(), to: to.toString() },
  }))
}

const HOUR_NS = 3_600_000_000_000n
/** A statement may look at so many times the history that its largest part needs. */
const WIDENING = 4n

/**
 * Puts parts together into few statements, but none into one that would read much more history of each tenant than it needs: one
 * tenant's import of old events must not make a look at everybody's past.
 */
function near(keys: EventKeys, parts: readonly Part[]): Near[] {
  const bounded = parts.flatMap(({ tenantId, rows }) => {
    const dated = keys.undated.size === 0 ? rows : rows.filter((row) => !keys.undated.has(row))
    return dated.length === 0 ? [] : [{ tenantId, rows: dated, ...bounds(keys, dated) }]
  })
  bounded.sort((left, right) => (left.from < right.from ? -1 : left.from > right.from ? 1 : 0))
  const groups: Near[] = []
  for (const { tenantId, rows, from, to } of bounded) {
    const last = groups.at(-1)
    const span = to - from
    if (last !== undefined) {
      const widened = (to > last.to ? to : last.to) - last.from
      const longest = span > last.longest ? span : last.longest
      if (widened <= HOUR_NS || widened <= WIDENING * longest) {
        last.tenants.add(tenantId)
        for (const row of rows) last.rows.push(row)
        if (to > last.to) last.to = to
        last.longest = longest
        continue
      }
    }
    groups.push({ tenants: new Set([tenantId]), rows: [...rows], from, to, longest: span })
  }
  return groups
}

function bounds({ instants }: EventKeys, rows: readonly number[]): { readonly from: bigint; readonly to: bigint } {
  let from = instants[rows[0]!]!
  let to = from
  for (const row of rows) {
    const instant = instants[row]!
    if (instant < from) from = instant
    if (instant > to) to = instant
  }
  return { from, to }
}

/** Ids take up to 256 bytes each. */
const IDS_A_STATEMENT = 500

function ofIds({ undated }: EventKeys, parts: readonly Part[]): LookUp[] {
  if (undated.size === 0) return []
  const all = parts.flatMap(({ tenantId, rows }) =>
    rows.flatMap((row) => {
      const id = undated.get(row)
      return id === undefined ? [] : [{ row, id, tenantId }]
    }),
  )
  return Array.from({ length: Math.ceil(all.length / IDS_A_STATEMENT) }, (_, part) => {
    const asked = all.slice(part * IDS_A_STATEMENT, (part + 1) * IDS_A_STATEMENT)
    return {
      rows: asked.map(({ row }) => row),
      condition: `tenant_id IN (${textList(asked.map(({ tenantId }) => tenantId))}) AND event_id IN {ids:Array(String)}`,
      params: { ids: asked.map(({ id }) => id) },
    }
  })
}

/** Written into the statement: as a parameter, a thousand tenants would not fit into a URL. */
function textList(texts: Iterable<string>): string {
  return [...new Set(texts)].map(quoteText).join(',')
}

const HALF_BYTES = DIGEST_BYTES / 2

/** So few numbers are parsed sooner than a query of them is planned, which takes 2 ms. */
const FEW_ROWS = 100

/**
 * The first halves of the digests, as numbers or a query of them: many of them as hex digits in one literal that is read as RowBinary. A
 * list of 50,000 numbers takes ClickHouse 100 ms to parse, this 20.
 */
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
