import * as fc from 'fast-check'
import kafkajs from 'kafkajs'
import { expect, test } from 'vitest'
import { murmur2, partitionOfKey } from '../../../log/partitioner.ts'

// The vectors of Kafka's own UtilsTest.
test.each([
  ['21', -973_932_308],
  ['foobar', -790_332_482],
  ['a-little-bit-long-string', -985_981_536],
  ['a-little-bit-longer-string', -1_486_304_829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
  ['abc', 479_470_107],
])("hashes %j as Kafka's Java client does", (text, hash) => {
  expect(murmur2(Buffer.from(text))).toBe(hash)
})

test('chooses the same partition as kafkajs for every key', () => {
  const partitioner = kafkajs.Partitioners.DefaultPartitioner()
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.integer({ min: 1, max: 200 }), (key, count) => {
      const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
        partitionErrorCode: 0,
        partitionId,
        leader: 1,
        replicas: [1],
        isr: [1],
      }))
      expect(partitionOfKey(key, count)).toBe(
        partitioner({ topic: 'topic', partitionMetadata, message: { key, value: null } }),
      )
    }),
  )
})
