import { expect, test } from 'vitest'
import { Permits } from '../../../base/permits.ts'

test('runs no more tasks at a time than there are permits, and every task in the end', async () => {
  const permits = new Permits(2)
  let running = 0
  let most = 0
  const results = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      permits.run(async () => {
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

test('frees the permit of a task that fails', async () => {
  const permits = new Permits(1)
  await expect(permits.run(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(await permits.run(async () => 'next')).toBe('next')
})
