import { expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import { OffsetRanges } from '../../../service/ingest/offset-ranges.ts'

test('puts neighbours of a partition together, and keeps the rest apart', () => {
  const ranges = new OffsetRanges()
  const positions = [
    ['a', 0, 5],
    ['a', 0, 6],
    ['a', 1, 7],
    ['b', 0, 7],
    ['a', 0, 7],
    ['a', 0, 9],
    ['a', 0, 3],
  ] as const
  for (const [topic, partition, at] of positions) ranges.add({ topic, partition, offset: offset(at) })
  expect(ranges.all()).toEqual([
    { topic: 'a', partition: 0, first: 5n, next: 8n },
    { topic: 'a', partition: 0, first: 9n, next: 10n },
    { topic: 'a', partition: 0, first: 3n, next: 4n },
    { topic: 'a', partition: 1, first: 7n, next: 8n },
    { topic: 'b', partition: 0, first: 7n, next: 8n },
  ])
})
