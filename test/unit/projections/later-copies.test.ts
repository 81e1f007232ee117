import { expect, test } from 'vitest'
import { laterCopies } from '../../../projections/events/delete-later-copies.ts'

const copy = (partition: number, offset: bigint) => ({ digest: 'a', partition, offset })

test('keeps the copy at the first place, in whatever order they are found', () => {
  const first = copy(0, 9n)
  const later = [copy(0, 10n), copy(1, 2n), copy(2, 0n)]
  for (const found of [
    [first, ...later],
    [...later, first],
    [later[1]!, first, later[2]!, later[0]!],
  ]) {
    expect(new Set(laterCopies(found))).toEqual(new Set(later))
  }
})

test('leaves alone what is there once', () => {
  expect(laterCopies([copy(0, 0n)])).toEqual([])
})
