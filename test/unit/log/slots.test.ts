import { expect, test } from 'vitest'
import { Slots } from '../../../log/slots.ts'

test('runs no more tasks at a time than there are slots, and every task in the end', async () => {
  const slots = new Slots(2)
  let running = 0
  let most = 0
  const results = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      slots.run(async () => {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        running--
        return index
      }),
    ),
  )
  expect(results).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(most).toBe(2)
})

test('frees the slot of a task that fails', async () => {
  const slots = new Slots(1)
  await expect(slots.run(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(await slots.run(async () => 'next')).toBe('next')
})
