import { ExperienceError } from '../base/experience-error.ts'

/** An event's place in the order of answers: its instant, then when the log took it, then its position there. */
export interface EventPlace {
  /** Nanoseconds since the epoch. */
  readonly instant: string
  readonly topic: string
  readonly partition: number
  readonly offset: string
  /** Null in the cursors of earlier releases. */
  readonly taken: TakenAt | null
}

/** When the log took an event. */
export interface TakenAt {
  /** Milliseconds since the epoch. */
  readonly ms: string
  /** Its place among what its producer appended in that ms. */
  readonly sequence: number
}

/** A place as opaque text. */
export function cursorOf({ instant, topic, partition, offset, taken }: EventPlace): string {
  const last = taken === null ? [] : [taken.ms, taken.sequence]
  return Buffer.from(JSON.stringify([instant, topic, partition, offset, ...last])).toString('base64url')
}

/** Whether a text is a cursor of ours. */
export function isCursor(text: string): boolean {
  return placeIn(text) !== null
}

/** The place that a cursor stands for. Error: `InvalidQuery` for text that is no cursor of ours. */
export function placeOfCursor(cursor: string): EventPlace {
  const place = placeIn(cursor)
  if (place === null) {
    throw new ExperienceError('InvalidQuery', 'after: is not a cursor of an earlier answer', { field: 'after' })
  }
  return place
}

function placeIn(cursor: string): EventPlace | null {
  try {
    const values = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    const [instant, topic, partition, offset, ms, sequence] = values
    const isPlace = isInt64(instant) && typeof topic === 'string' && isInt32(partition) && isInt64(offset)
    if (!isPlace) return null
    if (values.length === 4) return { instant, topic, partition, offset, taken: null }
    if (isInt64(ms) && isInt32(sequence) && sequence >= 0)
      return { instant, topic, partition, offset, taken: { ms, sequence } }
  } catch {
    // Not even JSON.
  }
  return null
}

function isInt64(value: unknown): value is string {
  return typeof value === 'string' && /^-?\d{1,19}$/.test(value) && BigInt.asIntN(64, BigInt(value)) === BigInt(value)
}

function isInt32(value: unknown): value is number {
  return typeof value === 'number' && Math.trunc(value) === value && Math.abs(value) < 2 ** 31
}
