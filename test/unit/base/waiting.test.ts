import { expect, test } from 'vitest'
import { NEVER, untilAborted } from '../../../base/waiting.ts'

/** Numbers from 1, one for each call; then none, and no end. */
async function* hanging(count: number, left: () => void = () => {}): AsyncGenerator<number> {
  try {
    for (let number = 1; number <= count; number++) yield number
    await new Promise(() => {})
  } finally {
    left()
  }
}

test('items end when the signal aborts, also while the next one does not come', async () => {
  const stopping = new AbortController()
  const taken: number[] = []
  for await (const item of untilAborted(hanging(3), stopping.signal)) {
    taken.push(item)
    if (item === 3) setTimeout(() => stopping.abort())
  }
  expect(taken).toEqual([1, 2, 3])
})

test('who leaves early lets go of the items', async () => {
  let isLeft = false
  for await (const item of untilAborted(
    hanging(3, () => (isLeft = true)),
    NEVER,
  )) {
    if (item === 2) break
  }
  expect(isLeft).toBe(true)
})
