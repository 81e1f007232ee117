import type { EventRow } from '../../projections/events/event-columns.ts'

/**
 * What a flat record holds: `whole`, all that the row of the event has, so that the tables come out equal; `lean`, all but the
 * JSON text of the payload, which brings it near the size of our Avro record, and makes a table that has less.
 */
export const RECORD_SHAPES = ['whole', 'lean'] as const
export type RecordShape = (typeof RECORD_SHAPES)[number]

/** Columns that the Kafka engine knows by itself. */
const FROM_KAFKA: ReadonlySet<string> = new Set(['topic', 'partition', 'offset', 'logged_at'])

/** The name of a column in a flat record: short, by its place, so that names take little room. */
export function flatName(place: number): string {
  return `c${place.toString(36)}`
}

/** The columns that a flat record may hold, each with its place in the table. */
export function flatColumns<Column>(columns: Readonly<Record<string, Column>>): (readonly [string, Column, number])[] {
  return Object.entries(columns)
    .map(([name, column], place) => [name, column, place] as const)
    .filter(([name]) => !FROM_KAFKA.has(name))
}

/** A row as one flat JSON object without the columns that are NULL. 64-bit integers are numbers in full, wider ones texts. */
export function flatRecord(row: EventRow, shape: RecordShape): string {
  const members: string[] = []
  for (const [name, value, place] of flatColumns<EventRow[keyof EventRow]>(row)) {
    if (value === null || (shape === 'lean' && name === 'payload')) continue
    members.push(`"${flatName(place)}":${flatValue(value)}`)
  }
  return `{${members.join(',')}}`
}

function flatValue(value: Exclude<EventRow[keyof EventRow], null>): string {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return `"${BigInt(`0x${Buffer.from(value.toReversed()).toString('hex')}`)}"`
  return JSON.stringify(value)
}
