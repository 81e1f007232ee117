import { expect, test } from 'vitest'
import { intentMetadata, intentOf, newIntent, NO_INTENT } from '../../../consumers/intent.ts'
import { offset } from '../../../base/position.ts'

function committed(metadata: string) {
  return { topic: 't', partition: 0, offset: offset(3), metadata }
}
const END = offset(2n ** 63n - 1n)

test('reads the range that was under way, and the name of its insert', () => {
  for (let times = 0; times < 100; times++) {
    const intent = newIntent(END)
    expect(intentOf(committed(intentMetadata(intent)))).toEqual(intent)
  }
})

test('names no two inserts alike, also not of one range', () => {
  expect(new Set(Array.from({ length: 1000 }, () => newIntent(END).name)).size).toBe(1000)
})

test('reads an intent of the release before, which has no name, and writes it again as it was', () => {
  const intent = intentOf(committed('intent:5'))
  expect(intent).toEqual({ next: 5n, name: null })
  expect(intentMetadata(intent!)).toBe('intent:5')
})

test('reads no range where there is none, or where others wrote the commit', () => {
  for (const metadata of [NO_INTENT, 'intent:', 'intent:-1', 'intent:5 ', 'intent:5:', 'intent:5:a b', 'x']) {
    expect(intentOf(committed(metadata))).toBeNull()
  }
  expect(intentOf(null)).toBeNull()
})
