import { expect, test } from 'vitest'
import { compareDeadLetters, compareEvents, type EventAt } from '../../../../operations/verify/compare-chunk.ts'
import { DigestSet } from '../../../../operations/verify/digest-set.ts'
import type { EventMeasures } from '../../../../operations/verify/event-measures.ts'

function event(offset: number, digest: number, changes: Partial<EventMeasures> = {}): EventAt {
  return {
    offset: BigInt(offset),
    event: {
      low: BigInt(digest),
      high: 1n,
      instant: 0n,
      eventId: `event-${digest}`,
      kind: 'FactPromoted',
      tokens: 0n,
      cost: 0n,
      latency: 0n,
      numbers: 0n,
      ...changes,
    },
  }
}

function found(logged: readonly EventAt[], rows: readonly EventAt[], storedBefore: readonly number[] = []): unknown {
  const stored = new DigestSet()
  for (const digest of storedBefore) stored.add(BigInt(digest), 1n)
  const { fault, unmatched } = compareEvents(logged, rows, stored)
  return [
    fault === null ? null : `${fault.what} at ${fault.offset}: ${fault.event?.eventId}`,
    unmatched.map(({ offset }) => Number(offset)),
  ]
}

test('finds no fault where each event has its row', () => {
  expect(found([event(1, 1), event(3, 2)], [event(1, 1), event(3, 2)])).toEqual([null, []])
})

test('leaves events without a row to be looked for, except those stored before', () => {
  expect(found([event(1, 1), event(2, 2), event(3, 1), event(4, 3)], [event(1, 1)], [3])).toEqual([null, [2]])
})

test('does not take an event for stored by what comes after it', () => {
  expect(found([event(1, 1), event(2, 1)], [event(2, 1)])).toEqual([null, [1]])
})

test.each([
  ['a row where the log has nothing', [event(1, 1)], [event(1, 1), event(2, 2)], 'extra at 2: event-2'],
  ['a row before all events', [event(1, 1)], [event(0, 2), event(1, 1)], 'extra at 0: event-2'],
  ['another row beside the right one', [event(1, 1)], [event(1, 2), event(1, 1)], 'extra at 1: event-2'],
  ['a row of other content', [event(1, 1)], [event(1, 2)], 'altered at 1: event-1'],
  ['a row of another kind', [event(1, 1)], [event(1, 1, { kind: 'BackendInvoked' })], 'altered at 1: event-1'],
  ['a row of other tokens', [event(1, 1)], [event(1, 1, { tokens: 1n })], 'altered at 1: event-1'],
  ['a row of another time', [event(1, 1)], [event(1, 1, { instant: 1n })], 'altered at 1: event-1'],
  ['a row twice at its place', [event(1, 1)], [event(1, 1), event(1, 1)], 'twice at 1: event-1'],
  ['a row at two places of its event', [event(1, 1), event(2, 1)], [event(1, 1), event(2, 1)], 'twice at 2: event-1'],
])('finds %s', (_, logged, rows, fault) => {
  expect(found(logged, rows)).toEqual([fault, []])
})

test('answers with what is unmatched before the first fault', () => {
  expect(found([event(1, 1), event(2, 2), event(3, 3)], [event(2, 9)])).toEqual(['altered at 2: event-2', [1]])
})

test('compares dead letters place by place', () => {
  const bad = (offset: number, content = 1) => ({ offset: BigInt(offset), content: BigInt(content) })
  const first = (logged: number[], ...rows: { offset: bigint; content: bigint }[]) => {
    const fault = compareDeadLetters(
      logged.map((offset) => bad(offset)),
      rows,
      (offset) => (offset === 9n ? 9n : undefined),
    )
    return fault === null ? null : `${fault.what} at ${fault.offset}`
  }
  expect(first([1, 2], bad(1), bad(2))).toBeNull()
  expect(first([1, 2], bad(2))).toBe('missing at 1')
  expect(first([2], bad(1), bad(2))).toBe('extra at 1')
  expect(first([1, 2], bad(1), bad(1), bad(2))).toBe('twice at 1')
  expect(first([1, 2], bad(1), bad(2, 5))).toBe('altered at 2')
  // At 9 stands what reads as an event today.
  expect(first([1], bad(1), bad(9, 9))).toBeNull()
  expect(first([1], bad(1), bad(9, 5))).toBe('altered at 9')
})
