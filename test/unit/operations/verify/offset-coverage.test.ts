import { expect, test } from 'vitest'
import { OffsetCoverage } from '../../../../operations/verify/offset-coverage.ts'
import { offset } from '../../../../base/position.ts'
import type { RecordBatch } from '../../../../log/record.ts'

const at = { topic: 't', partition: 0 }
function batch(first: number, next: number, offsets: readonly number[] = []): RecordBatch {
  return {
    ...at,
    first: offset(first),
    next: offset(next),
    records: offsets.map((each) => ({
      ...at,
      offset: offset(each),
      key: '',
      value: null,
      headers: {},
      timestamp: 0,
      sequence: 0,
    })),
  }
}
function read(earliest: number, next: number, batches: readonly RecordBatch[]): readonly string[] {
  const coverage = new OffsetCoverage([{ ...at, earliest: offset(earliest), next: offset(next) }])
  for (const each of batches) coverage.add(each)
  return coverage.differences().map(({ measure, log, tables }) => `${measure}: ${log}; ${tables}`)
}

test.each([
  ['nothing, of a partition that holds nothing', read(5, 5, [])],
  ['batches that join up', read(2, 9, [batch(2, 4, [2, 3]), batch(4, 9, [4, 8])])],
  ['offsets without a record', read(0, 4, [batch(0, 2, [0]), batch(2, 4)])],
])('finds no fault in %s', (_, differences) => {
  expect(differences).toEqual([])
})

test.each([
  ['a hole', read(0, 9, [batch(0, 4), batch(5, 9)]), '0 to 8; 0 to 3, 5 to 8'],
  ['a missing beginning', read(0, 9, [batch(1, 9)]), '0 to 8; 1 to 8'],
  ['a missing end', read(0, 9, [batch(0, 8)]), '0 to 8; 0 to 7'],
  ['a range read twice', read(0, 4, [batch(0, 4), batch(2, 4)]), '0 to 3; 0 to 3, 2 to 3'],
  ['nothing read', read(0, 4, []), '0 to 3; none'],
  ['records out of order', read(0, 4, [batch(0, 4, [1, 0])]), '0 to 3; 0 to 3, records out of order'],
  ['records outside their batch', read(0, 4, [batch(0, 4, [4])]), '0 to 3; 0 to 3, records out of order'],
  [
    'many holes, of which it tells the first',
    read(
      0,
      20,
      Array.from({ length: 7 }, (_, index) => batch(2 * index, 2 * index + 1)),
    ),
    '0 to 19; 0 to 0, 2 to 2, 4 to 4, 6 to 6, 8 to 8, and 2 more',
  ],
])('finds %s', (_, differences, words) => {
  expect(differences).toEqual([`offsets of partition 0: ${words}`])
})
