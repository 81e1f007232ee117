import { expect, test } from 'vitest'
import { Progress, type PartitionProgress } from '../../../../consumers/subscription/progress.ts'
import { idTag, nameTag, topicsOfToken } from '../../../../consumers/subscription/token.ts'
import { offset } from '../../../../base/position.ts'

function place(topic: string, partition: number, next: bigint, topicId = `id of ${topic}`): PartitionProgress {
  return { topic, partition, topicId, next: offset(next) }
}

function read(token: string): object {
  return Object.fromEntries([...topicsOfToken(token)].map(([tag, { next }]) => [tag, Object.fromEntries(next)]))
}

test('a token tells each partition, and stays as it was when more is read', () => {
  const first = Progress.none()
    .with(place('a', 0, 5n))
    .with(place('b', 0, 300n))
    .with(place('a', 1, 7n))
  const token = first.token()
  const then = first.with(place('a', 0, 6n)).without({ topic: 'b', partition: 0 })
  expect(read(token)).toEqual({ [nameTag('a')]: { 0: 5n, 1: 7n }, [nameTag('b')]: { 0: 300n } })
  expect(read(then.token())).toEqual({ [nameTag('a')]: { 0: 6n, 1: 7n } })
  expect(first.token()).toBe(token)
  expect([first, then].map((each) => each.of({ topic: 'a', partition: 0 })?.next)).toEqual([5n, 6n])
  expect(then.of({ topic: 'b', partition: 0 })).toBeUndefined()
})

test('a topic that was made anew is told by its own id', () => {
  const before = Progress.none().with(place('a', 0, 5n, 'first'))
  const after = before.without({ topic: 'a', partition: 0 }).with(place('a', 0, 1n, 'second'))
  expect(topicsOfToken(after.token()).get(nameTag('a'))?.idTag).toBe(idTag('second'))
  expect(topicsOfToken(before.token()).get(nameTag('a'))?.idTag).toBe(idTag('first'))
})

// Where each place was a copy of all others, this took minutes.
test('a place among twenty thousand costs as much as among a few', { timeout: 20_000 }, () => {
  let progress = Progress.none()
  for (let index = 0; index < 20_000; index++) progress = progress.with(place(`topic ${index}`, 0, 1n))
  for (let index = 0; index < 100; index++) {
    progress = progress.with(place(`topic ${index * 37}`, 0, 2n))
    expect(progress.token()).not.toBe('')
  }
  expect(topicsOfToken(progress.token()).get(nameTag('topic 37'))?.next.get(0)).toBe(2n)
})
