import type { DigestSet } from './digest-set.ts'
import type { EventMeasures } from './event-measures.ts'
import type { FirstDifference } from './difference.ts'

/** What the log holds at an offset, or a table says of it. */
export interface EventAt {
  readonly offset: bigint
  readonly event: EventMeasures
}

export interface DeadLetterAt {
  readonly offset: bigint
  readonly content: bigint
}

/** A fault at an offset of a partition; `event` is null for what is no event. */
export interface Fault {
  readonly offset: bigint
  readonly what: FirstDifference['what']
  readonly event: EventMeasures | null
}

export interface EventComparison {
  readonly fault: Fault | null
  /** Events before the fault of which no row was seen so far: each is missing, unless an equal one is stored further on. */
  readonly unmatched: readonly EventAt[]
}

/**
 * Finds the first fault among the rows of a range of offsets. Both sides come in the order of offsets. `stored` are the digests
 * of all rows before the range, and grows by those of the range.
 */
export function compareEvents(
  logged: readonly EventAt[],
  rows: readonly EventAt[],
  stored: DigestSet,
): EventComparison {
  const unmatched: EventAt[] = []
  for (const { offset, left, right } of alongOffsets(logged, rows)) {
    const fault = faultAt(offset, left?.event, right, stored)
    if (fault !== null) return { fault, unmatched }
    if (left !== undefined && right.length === 0 && !stored.has(left.event.low, left.event.high)) unmatched.push(left)
  }
  return { fault: null, unmatched }
}

function faultAt(
  offset: bigint,
  logged: EventMeasures | undefined,
  rows: readonly EventAt[],
  stored: DigestSet,
): Fault | null {
  const [row] = rows
  if (row === undefined) return null
  if (logged === undefined) return { offset, what: 'extra', event: row.event }
  const own = rows.filter(({ event }) => event.low === logged.low && event.high === logged.high)
  const other = rows.find((each) => !own.includes(each))
  if (own.length === 0) return { offset, what: 'altered', event: logged }
  if (other !== undefined) return { offset, what: 'extra', event: other.event }
  const isNew = stored.add(logged.low, logged.high)
  if (own.length > 1 || !isNew) return { offset, what: 'twice', event: logged }
  return sameMeasures(logged, row.event) ? null : { offset, what: 'altered', event: logged }
}

function sameMeasures(left: EventMeasures, right: EventMeasures): boolean {
  return (Object.keys(left) as (keyof EventMeasures)[]).every((name) => left[name] === right[name])
}

/**
 * Finds the first fault among dead letters: each stands in the table once, with the place that it has in the log. A row for what
 * reads as an event today is none: the record was bad when it was projected, and its schema came later. `contentOfEventAt`
 * tells what such a row must say.
 */
export function compareDeadLetters(
  logged: readonly DeadLetterAt[],
  rows: readonly DeadLetterAt[],
  contentOfEventAt: (offset: bigint) => bigint | undefined,
): Fault | null {
  for (const { offset, left, right } of alongOffsets(logged, rows)) {
    const [row] = right
    const content = left?.content ?? contentOfEventAt(offset)
    if (content === undefined) return { offset, what: 'extra', event: null }
    if (row === undefined) return { offset, what: 'missing', event: null }
    if (right.length > 1) return { offset, what: 'twice', event: null }
    if (row.content !== content) return { offset, what: 'altered', event: null }
  }
  return null
}

interface Meeting<T> {
  readonly offset: bigint
  readonly left: T | undefined
  readonly right: readonly T[]
}

/** Walks along both sides, from offset to offset: one at most on the left, any number on the right. */
function* alongOffsets<T extends { readonly offset: bigint }>(
  left: readonly T[],
  right: readonly T[],
): Generator<Meeting<T>> {
  let l = 0
  let r = 0
  while (l < left.length || r < right.length) {
    const nextLeft = left[l]
    const nextRight = right[r]
    const leftFirst = nextRight === undefined || (nextLeft !== undefined && nextLeft.offset <= nextRight.offset)
    const offset = ((leftFirst ? nextLeft : nextRight) as T).offset
    const meeting: T[] = []
    for (; right[r]?.offset === offset; r++) meeting.push(right[r] as T)
    if (leftFirst) l++
    yield { offset, left: leftFirst ? nextLeft : undefined, right: meeting }
  }
}
