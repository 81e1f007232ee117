import { expect, test } from 'vitest'
import { restAfter } from '../../../service/serve/lag-watch.ts'

test('looks are a second apart, further where they take long, and never so far that nobody sees an overload', () => {
  expect([1, 100, 300, 6000].map(restAfter)).toEqual([1000, 1000, 3000, 10_000])
})
