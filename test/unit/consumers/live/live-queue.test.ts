import { expect, test } from 'vitest'
import { LiveItem } from '../../../../consumers/live/head.ts'
import { LiveQueue } from '../../../../consumers/live/live-queue.ts'
import { Progress } from '../../../../consumers/subscription/progress.ts'
import { offset } from '../../../../base/position.ts'

const NEVER = new AbortController().signal

/** An item behind so many records, whose text has so many characters. */
function item(next: number, characters = 0): LiveItem {
  const gone = { type: 'lost', because: 'deleted', topic: 'a', partition: 0, first: offset(0), records: null } as const
  const progress = Progress.none().with({ topic: 'a', partition: 0, topicId: 'a', next: offset(next) })
  return new LiveItem(gone, 'x'.repeat(characters), progress)
}

test('items are taken in their order, and the place behind all that wait is known', () => {
  const queue = new LiveQueue(1000)
  expect([queue.take(), queue.progress]).toEqual([undefined, undefined])
  const items = [item(1), item(2), item(3)]
  for (const each of items) queue.push(each)
  expect(queue.progress).toBe(items[2]!.progress)
  expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual([...items, undefined])
  expect(queue.progress).toBeUndefined()
})

test('it is full beyond its bytes, of which each item takes some beside its text, and has room again', () => {
  const queue = new LiveQueue(1000)
  queue.push(item(1, 700))
  expect(queue.isFull).toBe(false)
  // Who pushes looks first; what is pushed all the same is kept.
  queue.push(item(2))
  expect(queue.isFull).toBe(true)
  queue.push(item(3, 5000))
  queue.take()
  queue.take()
  expect(queue.isFull).toBe(true)
  queue.take()
  expect(queue.isFull).toBe(false)
})

test('who waits is woken by an item, also by one that came before, after a time, and at the end', async () => {
  const queue = new LiveQueue(1000)
  const waiting = queue.wait(NEVER, 600_000)
  queue.push(item(1))
  await waiting
  queue.push(item(2))
  await queue.wait(NEVER, 600_000)
  await queue.wait(NEVER, 1)
  const ending = new AbortController()
  const ended = queue.wait(ending.signal, 600_000)
  ending.abort()
  await ended
})
