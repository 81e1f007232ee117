import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deliverUntilHandled } from '../../../log/deliver-until-handled.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('waits longer after each rejection, up to five seconds', async () => {
  const times: number[] = []
  const start = Date.now()
  const handled = deliverUntilHandled(async () => {
    times.push(Date.now() - start)
    if (times.length < 9) throw new Error('not yet')
  }, new AbortController().signal)
  await vi.runAllTimersAsync()
  expect(await handled).toBe(true)
  expect(times).toEqual([0, 100, 300, 700, 1500, 3100, 6300, 11_300, 16_300])
})

test('gives up while it waits, but never while the handler runs', async () => {
  const end = new AbortController()
  let finished = false
  const handled = deliverUntilHandled(async () => {
    end.abort()
    await new Promise((resolve) => setTimeout(resolve, 1000))
    finished = true
    throw new Error('too late')
  }, end.signal)
  await vi.runAllTimersAsync()
  expect(await handled).toBe(false)
  expect(finished).toBe(true)
})
