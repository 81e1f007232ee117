import { expect, test } from 'vitest'
import { laterCopies } from '../../../projections/events/delete-later-copies.ts'

function copy(digest: string, partition: number, offset: bigint) {
  return { digest, partition, offset }
}

test('keeps the copy at the first place, in whatever order they are found', () => {
  const first = copy('a', 0, 9n)
  const later = [copy('a', 0, 10n), copy('a', 1, 2n), copy('a', 2, 0n)]
  for (const found of [
    [first, ...later],
    [...later, first],
    [later[1]!, first, later[2]!, later[0]!],
  ]) {
    expect(new Set(laterCopies(found))).toEqual(new Set(later))
  }
})

test('leaves alone what is there once', () => {
  expect(laterCopies([copy('a', 0, 0n), copy('b', 0, 0n), copy('c', 1, 0n)])).toEqual([])
})
