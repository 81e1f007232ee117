import { expect, test } from 'vitest'
import { sequenceOf } from '../../../log/record-headers.ts'

test.each([
  ['0', 0],
  ['17', 17],
  ['999999999', 999_999_999],
])('reads %s', (text, sequence) => {
  expect(sequenceOf(text)).toBe(sequence)
})

test.each([undefined, '', '-1', '1.5', '1e3', ' 1', 'x', '1000000000'])('takes %s for none', (text) => {
  expect(sequenceOf(text)).toBe(0)
})
