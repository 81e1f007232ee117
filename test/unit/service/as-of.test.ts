import { expect, test } from 'vitest'
import { cursorOf } from '../../../queries/event-cursor.ts'
import { millisOf, parseAsOf } from '../../../service/questions/as-of.ts'

const acme = { topic: 'experience.events.acme', partition: 0, offset: 17n }
const other = { topic: 'experience.events.-n', partition: 3, offset: 0n }
const cursor = cursorOf({ instant: '5', topic: other.topic, partition: other.partition, offset: '0', taken: null })

test.each([
  ['1970-01-01T00:00:01Z', 1_000_000_000n],
  ['1970-01-01T00:00:01,5Z', 1_500_000_000n],
  ['1970-01-01T01:00:00+01:00', 0n],
  ['1970-01-02', 86_400_000_000_000n],
  ['12.25Z', 12_250_000_000n],
])('%j is an instant', (text, instant) => {
  expect(parseAsOf(text)).toEqual({ kind: 'instant', instant })
})

test.each([
  ['experience.events.acme/0/17', [acme]],
  [cursor, [other]],
  ['experience.events.acme/0/17,experience.events.-n/3/0', [acme, other]],
  [`${cursor},experience.events.acme/0/17`, [other, acme]],
])('%j is of positions', (text, positions) => {
  expect(parseAsOf(text)).toEqual({ kind: 'positions', positions })
})

test.each([
  '',
  ',',
  'yesterday',
  '2026-02-30',
  '2026-04-23T09:00:00Z,2026-04-24T09:00:00Z',
  'experience.events.acme',
  'experience.events.acme/0',
  'experience.events.acme/0/',
  'experience.events.acme/-1/17',
  'experience.events.acme/0/17/1',
  'experience.events.acme/0/17,',
  '/0/17',
  `a/0/${'9'.repeat(19)}`,
])('%j is no moment', (text) => {
  const refused = { code: 'InvalidQuery', field: 'as_of', message: expect.stringContaining('must be an ISO 8601 time') }
  expect(() => parseAsOf(text)).toThrow(expect.objectContaining(refused))
})

test('refuses two positions of one partition', () => {
  const message = expect.stringContaining('two positions of one partition')
  expect(() => parseAsOf('a/0/17,a/0/18')).toThrow(expect.objectContaining({ field: 'as_of', message }))
  expect(() => parseAsOf('a/0/17,a/1/18')).not.toThrow()
})

test('an instant is of the last millisecond that has begun by then', () => {
  expect([0n, 999_999n, 1_000_000n, -1n, -1_000_000n, -1_000_001n].map(millisOf)).toEqual([0n, 0n, 1n, -1n, -1n, -2n])
})
