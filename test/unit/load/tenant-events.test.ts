import { expect, test } from 'vitest'
import { settleAnswer, TenantEvents } from '../../load/tenant-events.ts'

function answer(status: number, body: object) {
  return { status, retryAfterS: null, body: JSON.stringify(body) }
}

test('an event is known by its line, byte for byte, and only if it was sent', () => {
  const events = new TenantEvents('ada', 'post')
  events.take(2)
  expect(events.numberOf(events.textOf(1))).toBe(1)
  expect(events.numberOf(events.textOf(2))).toBeNull()
  expect(events.numberOf(`${events.textOf(1)} `)).toBeNull()
  expect(new TenantEvents('ada', 'line').numberOf(events.textOf(1))).toBeNull()
})

test('what was accepted has to be there once, and what was refused never', () => {
  const events = new TenantEvents('ada', 'post')
  settleAnswer(events, events.take(2), answer(200, { accepted: 2 }))
  settleAnswer(events, events.take(1), answer(503, { error: {} }))
  expect(events.accepted).toBe(2)
  expect(events.faults([1, 1])).toEqual([])
  expect(events.faults([1])).toEqual(['ada.post.1, accepted, is there 0 times'])
  expect(events.faults([1, 2])).toEqual(['ada.post.1, accepted, is there 2 times'])
  expect(events.faults([1, 1, 1])).toEqual(['ada.post.2, refused, is there 1 times'])
})

test('of what was accepted in part so many have to be there, and none twice', () => {
  const events = new TenantEvents('ada', 'line')
  settleAnswer(events, events.take(3), answer(503, { accepted: 2, error: {} }))
  expect(events.accepted).toBe(2)
  expect(events.faults([1, 0, 1])).toEqual([])
  expect(events.faults([1])).toEqual(['2 of 3 events were accepted, and 1 are there'])
  expect(events.faults([1, 1, 2])).toEqual(['ada.line.2, unknown, is there 2 times'])
})

test('of what was accepted so many are lacking, whatever else came', () => {
  const events = new TenantEvents('ada', 'line')
  settleAnswer(events, events.take(2), answer(200, { accepted: 2 }))
  settleAnswer(events, events.take(3), answer(503, { accepted: 2, error: {} }))
  // Nobody was told what became of these: they may have come before those that are waited for.
  events.take(2)
  expect(events.lacking([])).toBe(4)
  expect(events.lacking([1, 0, 1, 1, 1, 1, 1])).toBe(1)
  expect(events.lacking([1, 1, 0, 1, 1])).toBe(0)
})
