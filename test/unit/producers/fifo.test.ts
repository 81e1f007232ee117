import { expect, test } from 'vitest'
import { Fifo } from '../../../producers/fifo.ts'

test('gives members back in the order in which they came', () => {
  const fifo = new Fifo<number>()
  const taken: (number | undefined)[] = []
  for (let turn = 0; turn < 5000; turn++) {
    fifo.push(2 * turn)
    fifo.push(2 * turn + 1)
    taken.push(fifo.shift())
  }
  while (fifo.size > 0) taken.push(fifo.shift())
  expect(taken).toEqual(Array.from({ length: 10_000 }, (_, index) => index))
})

test('is empty again once everything is taken', () => {
  const fifo = new Fifo<string>()
  fifo.push('a')
  expect(fifo.peek()).toBe('a')
  expect(fifo.shift()).toBe('a')
  expect(fifo.shift()).toBeUndefined()
  expect(fifo.peek()).toBeUndefined()
  expect(fifo.size).toBe(0)
})
