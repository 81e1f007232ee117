import { expect, test } from 'vitest'
import { cursorOf, placeOfCursor } from '../../../queries/event-cursor.ts'

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

test.each([
  { instant: '0', topic: 'experience.events.a', partition: 0, offset: '0', taken: { ms: '-1', sequence: 0 } },
  // As earlier releases made them.
  { instant: '0', topic: 'experience.events.a', partition: 0, offset: '0', taken: null },
  {
    instant: String(-(2n ** 63n)),
    topic: 'é"\u{1F680}',
    partition: 2 ** 31 - 1,
    offset: String(2n ** 63n - 1n),
    taken: { ms: String(2n ** 63n - 1n), sequence: 999_999_999 },
  },
])('gives back %j', (place) => {
  const cursor = cursorOf(place)
  expect(cursor).toMatch(/^[\w-]+$/)
  expect(placeOfCursor(cursor)).toEqual(place)
})

test.each([
  '',
  'no cursor',
  encoded(null),
  encoded([]),
  encoded(['1', 't', 0]),
  encoded([1, 't', 0, '1']),
  encoded(['1', 't', '0', '1']),
  encoded(['1', 't', 0.5, '1']),
  encoded(['1', 't', 2 ** 31, '1']),
  encoded([String(2n ** 63n), 't', 0, '1']),
  encoded(['1', 't', 0, String(2n ** 63n)]),
  encoded(['1', 't', 0, '1; DROP']),
  encoded(['9'.repeat(1000), 't', 0, '1']),
  encoded(['1', 't', 0, '1', '5']),
  encoded(['1', 't', 0, '1', 5, 0]),
  encoded(['1', 't', 0, '1', '5', -1]),
  encoded(['1', 't', 0, '1', '5', '0']),
])('refuses %j as none of ours', (cursor) => {
  expect(() => placeOfCursor(cursor)).toThrow(expect.objectContaining({ code: 'InvalidQuery', field: 'after' }))
})
