import { expect, test } from 'vitest'
import { kafkaRelease } from '../../../log/kafka/client/kafka-release.ts'

/** Highest versions of Fetch, ListOffsets and FindCoordinator, as `ApiKeys` of that kafka-clients says them. */
test.each([
  ['2.8.2', 12, 6, 3, '2.7 or 2.8'],
  ['3.0.2', 12, 7, 4, '3.0'],
  ['3.3.2', 13, 7, 4, '3.1 to 3.4'],
  ['3.6.2', 15, 8, 4, '3.5 or 3.6'],
  ['3.7.2', 16, 8, 4, '3.7'],
  ['3.8.1', 16, 8, 5, '3.8'],
  ['3.9.1', 17, 9, 6, '3.9'],
  ['4.0.1', 17, 10, 6, '4.0'],
  ['4.1.1', 18, 10, 6, '4.1'],
  ['4.3.1', 18, 11, 6, '4.2 or later'],
])('Kafka %s is known by its requests', (_, fetch, listOffsets, findCoordinator, expected) => {
  const versions = { 1: { maxVersion: fetch }, 2: { maxVersion: listOffsets }, 10: { maxVersion: findCoordinator } }
  expect(kafkaRelease(versions)).toBe(expected)
})

test('a broker that tells nothing is an old one', () => {
  expect(kafkaRelease({})).toBe('before 2.7')
})
