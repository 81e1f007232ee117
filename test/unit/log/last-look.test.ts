import { expect, test } from 'vitest'
import { LastLook } from '../../../log/kafka/client/look-at-topics.ts'

const ID = '0123456789abcdef'

/** What an answer of version 10 holds from its topics on: one, without partitions. */
function answer(name: string): Buffer {
  const [noError, hasOne, hasNone] = [Buffer.from([0, 0]), Buffer.from([2]), Buffer.from([1])]
  const [isInternal, operations, noTags] = [Buffer.from([0]), Buffer.from([0x80, 0, 0, 0]), Buffer.from([0])]
  const topic = [noError, Buffer.from([name.length + 1]), Buffer.from(name), Buffer.from(ID), isInternal, hasNone]
  return Buffer.concat([hasOne, ...topic, operations, noTags, operations, noTags])
}

test('a look that brings nothing new brings what the last one did, and any other is read', () => {
  const last = new LastLook()
  const bytes = answer('a')
  const first = last.of(bytes)
  expect([...first.topics]).toEqual([['a', []]])
  expect([...first.ids]).toEqual([['a', Buffer.from(ID).toString('hex')]])
  bytes.fill(0)
  expect(last.of(answer('a'))).toBe(first)
  const second = last.of(answer('b'))
  expect([...second.topics.keys()]).toEqual(['b'])
  expect(last.of(answer('a'))).not.toBe(first)
})
