import { expect, test } from 'vitest'
import { intentMetadata, intentOf, newName, NO_INTENT, tokenOf } from '../../../../consumers/batch/intent.ts'
import { offset } from '../../../../base/position.ts'

function committed(metadata: string) {
  return { topic: 't', partition: 0, offset: offset(3), metadata }
}
const END = offset(2n ** 63n - 1n)
const partition = { topic: 't', partition: 2 }

test('reads the range that was under way, and the name of its insert', () => {
  for (let times = 0; times < 100; times++) {
    for (const of of ['batch', 'range'] as const) {
      const intent = { next: END, name: newName(), of }
      expect(intentOf(committed(intentMetadata(intent)))).toEqual(intent)
    }
  }
})

test('names no two inserts alike', () => {
  expect(new Set(Array.from({ length: 1000 }, newName)).size).toBe(1000)
})

test('gives all ranges of a batch one token', () => {
  const intent = { next: offset(7), name: 'n', of: 'batch' } as const
  expect(tokenOf('g1', partition, offset(3), intent)).toBe('g1:n')
  expect(tokenOf('g1', { topic: 'u', partition: 0 }, offset(0), { ...intent, next: END })).toBe('g1:n')
})

test('reads an intent of the release before, and gives its range the token that it had', () => {
  const intent = intentOf(committed('intent:7:n-m_0'))
  expect(intent).toEqual({ next: 7n, name: 'n-m_0', of: 'range' })
  expect(tokenOf('g1', partition, offset(3), intent!)).toBe('g1:t:2:3:6:n-m_0')
})

test('reads no range where there is none, or where others wrote the commit', () => {
  const others = [
    NO_INTENT,
    'intent:',
    'intent:5',
    'batch:5',
    'batch:-1:a',
    'batch:5 :a',
    'batch:5:',
    'batch:5:a b',
    'x',
  ]
  for (const metadata of others) expect(intentOf(committed(metadata))).toBeNull()
  expect(intentOf(null)).toBeNull()
})
