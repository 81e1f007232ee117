import { expect, test } from 'vitest'
import { PlacesAhead } from '../../../../consumers/live/places-ahead.ts'
import { Progress, type PartitionProgress } from '../../../../consumers/subscription/progress.ts'
import { offset } from '../../../../base/position.ts'

function place(topic: string, next: number): PartitionProgress {
  return { topic, partition: 0, topicId: topic, next: offset(next) }
}

function nextOf(progress: Progress, topic: string): bigint | undefined {
  return progress.of({ topic, partition: 0 })?.next
}

test('lays over the head what a reader has seen beyond it, and never goes back', () => {
  const ahead = new PlacesAhead()
  ahead.add(place('beyond', 9))
  ahead.add(place('passed', 3))
  ahead.add(place('not found yet', 5))
  const head = Progress.none().with(place('beyond', 4)).with(place('passed', 7)).with(place('other', 1))
  const over = ahead.over(head)
  const topics = ['beyond', 'passed', 'not found yet', 'other']
  expect(topics.map((topic) => nextOf(over, topic))).toEqual([9n, 7n, 5n, 1n])
  expect(topics.map((topic) => nextOf(head, topic))).toEqual([4n, 7n, undefined, 1n])
})

test('without places it is the head itself, which readers share', () => {
  const ahead = new PlacesAhead()
  const head = Progress.none().with(place('a', 1))
  expect(ahead.isEmpty).toBe(true)
  expect(ahead.over(head)).toBe(head)
  ahead.add(place('a', 2))
  ahead.add(place('b', 2))
  expect(ahead.of({ topic: 'a', partition: 0 })?.next).toBe(2n)
  ahead.delete({ topic: 'a', partition: 0 })
  expect([ahead.isEmpty, ahead.of({ topic: 'a', partition: 0 })]).toEqual([false, undefined])
  ahead.clear()
  expect(ahead.over(head)).toBe(head)
})
