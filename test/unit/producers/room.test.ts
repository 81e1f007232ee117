import { expect, test } from 'vitest'
import { Room } from '../../../producers/room.ts'

test('gives a single topic half of the room', () => {
  const room = new Room(100)
  let held = 0
  while (room.take(10, held)) held += 10
  expect(held).toBe(50)
})

test('leaves a third to others when two topics take all they can', () => {
  const room = new Room(90)
  const held = [0, 0]
  for (let turn = 0; turn < 100; turn++) {
    const topic = turn % 2
    if (room.take(1, held[topic]!)) held[topic]!++
  }
  expect(held).toEqual([30, 30])
  expect(room.take(30, 0)).toBe(true)
})

test('lets in what is larger than all the room when nothing else is there', () => {
  const room = new Room(10)
  expect(room.take(1000, 0)).toBe(true)
  expect(room.take(1, 0)).toBe(false)
  room.release(1000)
  expect(room.used).toBe(0)
  expect(room.take(1, 0)).toBe(true)
})
