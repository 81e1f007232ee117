import { ExperienceError } from '../base/experience-error.ts'

/** An event's place in the order of answers: its instant, then its position in the log. */
export interface EventPlace {
  /** Nanoseconds since the epoch. */
  readonly instant: string
  readonly topic: string
  readonly partition: number
  readonly offset: string
}

/** A place as opaque text. */
export function cursorOf({ instant, topic, partition, offset }: EventPlace): string {
  return Buffer.from(JSON.stringify([instant, topic, partition, offset])).toString('base64url')
}

/** Whether a text is a cursor of ours. */
export function isCursor(text: string): boolean {
  return placeIn(text) !== null
}

/** The place that a cursor stands for. Error: `InvalidQuery` for text that is no cursor of ours. */
export function placeOfCursor(cursor: string): EventPlace {
  const place = placeIn(cursor)
  if (place === null) {
    throw new ExperienceError('InvalidQuery', 'after: is no cursor of an earlier answer', { field: 'after' })
  }
  return place
}

function placeIn(cursor: string): EventPlace | null {
  try {
    const [instant, topic, partition, offset] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    if (isInt64(instant) && typeof topic === 'string' && isInt32(partition) && isInt64(offset)) {
      return { instant, topic, partition, offset }
    }
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
