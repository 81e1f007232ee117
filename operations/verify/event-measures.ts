import { createHash } from 'node:crypto'
import type { LoggedEvent } from '../../projections/events/event-row.ts'
import type { StoredRecord } from '../../log/record.ts'

/**
 * What verify measures of an event, said twice: here of the log's, and as SQL of a row's (`rowMeasures`). Nothing of it goes
 * through the code that makes rows.
 */
export interface EventMeasures {
  readonly low: bigint
  readonly high: bigint
  /** Nanoseconds since the epoch, within what the table can hold. */
  readonly instant: bigint
  readonly eventId: string
  readonly kind: string
  readonly tokens: bigint
  /** µ$ */
  readonly cost: bigint
  /** ms */
  readonly latency: bigint
  /** The three above as one number of 64 bits, in which absent is not 0. */
  readonly numbers: bigint
}

interface MeasuredData {
  readonly tokens?: bigint | null
  readonly cost_microdollars?: bigint | null
  readonly latency_ms?: bigint | null
  readonly provenance?: { readonly latency_ms?: bigint | null }
}

/** What an event says, from the log alone. */
export function measuresOf({ envelope, digest, instant }: LoggedEvent): EventMeasures {
  const view = new DataView(digest.buffer, digest.byteOffset)
  const data = envelope.event.data as MeasuredData
  const tokens = data.tokens ?? null
  const cost = data.cost_microdollars ?? null
  const latency = data.latency_ms ?? data.provenance?.latency_ms ?? null
  return {
    low: view.getBigUint64(0, true),
    high: view.getBigUint64(8, true),
    instant: instant < FIRST_INSTANT ? FIRST_INSTANT : instant > LAST_INSTANT ? LAST_INSTANT : instant,
    eventId: envelope.event_id,
    kind: envelope.event.type,
    tokens: tokens ?? 0n,
    cost: cost ?? 0n,
    latency: latency ?? 0n,
    numbers: numbersOf(tokens, cost, latency),
  }
}

/** Any odd numbers: they keep a change of one from being made up by a change of another. */
const [OF_TOKENS, OF_COST, OF_LATENCY] = [0x9e37_79b9n, 0x85eb_ca6bn, 0xc2b2_ae35n] as const

/** Three numbers, each of which may be absent, as one of 64 bits. */
function numbersOf(tokens: bigint | null, cost: bigint | null, latency: bigint | null): bigint {
  const term = (value: bigint | null, weight: bigint): bigint => (value === null ? 0n : (value + 1n) * weight)
  return BigInt.asUintN(64, term(tokens, OF_TOKENS) + term(cost, OF_COST) + term(latency, OF_LATENCY))
}

function rowNumber(column: string, weight: bigint): string {
  return `ifNull((${column} + 1) * toUInt64(${weight}), 0)`
}

/** The same measures of a row of the table of events. */
export const rowMeasures = {
  low: 'toUInt64(digest)',
  high: 'toUInt64(bitShiftRight(digest, 64))',
  instant: 'toUnixTimestamp64Nano(instant)',
  eventId: 'event_id',
  kind: 'toString(kind)',
  tokens: 'ifNull(tokens, 0)',
  cost: 'ifNull(cost_microdollars, 0)',
  latency: 'ifNull(latency_ms, 0)',
  numbers: `toUInt64(${rowNumber('tokens', OF_TOKENS)} + ${rowNumber('cost_microdollars', OF_COST)} + ${rowNumber('latency_ms', OF_LATENCY)})`,
} as const satisfies Record<keyof EventMeasures, string>

/** What DateTime64(9) can hold, by ClickHouse's manual: from 1900-01-01 to the last nanosecond of 64 bits, in 2262. */
const FIRST_INSTANT = BigInt(Date.UTC(1900, 0, 1)) * 1_000_000n
const LAST_INSTANT = 2n ** 63n - 1n

/** Where events count whose time cannot be read: equal ones, appended at different times, have different instants. */
export const UNDATED = 'undated'

const NS_PER_DAY = 86_400_000_000_000n
const MS_PER_DAY = 86_400_000

/** Days since the epoch of an instant, UTC. */
export function dayNumber(instant: bigint): number {
  const days = Number(instant / NS_PER_DAY)
  return instant < 0n && instant % NS_PER_DAY !== 0n ? days - 1 : days
}

/** The date that a number of days since the epoch stands for, such as `2026-04-23`. */
export function dateOfDay(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10)
}

/** The date that a row's event counts for, as SQL. */
export const rowDate = `if(instant_source = 'log', '${UNDATED}', toString(toDate32(instant)))`

/**
 * Ties an event to its place in the log, its exact instant and its numbers: added up modulo 2⁶⁴, two rows that changed places do not
 * cancel out, since digests are as good as random.
 */
export function placeTerm({ low, high, instant, numbers }: EventMeasures, partition: number, offset: bigint): bigint {
  return low * (offset + 1n + numbers) + high * (BigInt(partition + 1) + instant)
}

/** The same of a row, as SQL, already modulo 2⁶⁴. */
export const rowPlaceTerm = `${rowMeasures.low} * (reinterpretAsUInt64(offset + 1) + ${rowMeasures.numbers})
  + ${rowMeasures.high} * (toUInt64(partition + 1) + reinterpretAsUInt64(${rowMeasures.instant}))`

/** Ties a record that is no event to its place and bytes: 64 bits of a SHA-256. Not the reason, which releases may tell better. */
export function deadLetterTerm(record: StoredRecord): bigint {
  const hash = createHash('sha256').update(`${record.partition}:${record.offset}:`)
  if (record.value !== null) hash.update(record.value)
  return hash.digest().readBigUInt64LE(0)
}

/** The same of a row of the table of dead letters, as SQL. */
export const rowDeadLetterTerm = `reinterpretAsUInt64(substring(SHA256(concat(
  toString(partition), ':', toString(offset), ':', ifNull(record_value, ''))), 1, 8))`
