import { expect, test } from 'vitest'
import { fieldPath } from '../../../schemas/json/field-path.ts'

test('names are joined by dots, positions stand in brackets', () => {
  expect(fieldPath(['event', 'data', 'contract_results', 0, 'passed'])).toBe('event.data.contract_results[0].passed')
  expect(fieldPath(['event_id'])).toBe('event_id')
})

test('a long key is cut, never inside a character', () => {
  const path = fieldPath(['metadata', `${'x'.repeat(63)}\u{1F680}${'x'.repeat(1_000_000)}`])
  expect(path.length).toBeLessThan(100)
  expect(path.isWellFormed()).toBe(true)
})

test.each([
  [[''], '[""]'],
  [['', 'a'], '[""].a'],
  [['metadata', ''], 'metadata[""]'],
  [['a.b', 'c[0]', 'd'], '["a.b"]["c[0]"].d'],
  [['metadata', 'a "b"'], 'metadata["a \\"b\\""]'],
])('a key that the path itself could not tell is quoted: %j', (path, text) => {
  expect(fieldPath(path)).toBe(text)
})
