import { expect, test } from 'vitest'
import { intentMetadata, intentOf, NO_INTENT } from '../../../consumers/intent.ts'
import { offset } from '../../../base/position.ts'

const committed = (metadata: string) => ({ topic: 't', partition: 0, offset: offset(3), metadata })

test('reads the end of the range that was under way', () => {
  expect(intentOf(committed(intentMetadata(offset(2n ** 63n - 1n))))).toBe(2n ** 63n - 1n)
})

test('reads no range where there is none, or where others wrote the commit', () => {
  for (const metadata of [NO_INTENT, 'intent:', 'intent:-1', 'intent:5 ', 'x']) {
    expect(intentOf(committed(metadata))).toBeNull()
  }
  expect(intentOf(null)).toBeNull()
})
