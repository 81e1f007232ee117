import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import {
  bytesBefore,
  decodeRecord,
  encodeRecord,
  offsetOfKey,
  partitionKey,
  recordKey,
  setBytesBefore,
} from '../../../log/embedded/stored-record.ts'
import { SEQUENCE_HEADER, sequenceOf } from '../../../log/record-headers.ts'

const PARTITION = { topic: 'topic', partition: 0 }

test('gives back every record as it was stored', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 })
  const record = fc.record({
    key: text,
    value: fc.option(fc.uint8Array({ maxLength: 200 })),
    headers: fc.dictionary(fc.oneof(text, fc.constant(SEQUENCE_HEADER)), fc.oneof(text, fc.nat().map(String)), {
      maxKeys: 5,
    }),
    timestamp: fc.integer({ min: 0 }),
  })
  fc.assert(
    fc.property(record, fc.maxSafeNat(), (given, before) => {
      const stored = encodeRecord(given)
      setBytesBefore(stored, before)
      expect(bytesBefore(stored)).toBe(before)
      const { key, value, headers, timestamp, sequence } = decodeRecord(stored, PARTITION, offset(7))
      expect(sequence).toBe(sequenceOf(given.headers[SEQUENCE_HEADER]))
      expect({ key, timestamp }).toEqual({ key: given.key, timestamp: given.timestamp })
      expect(Object.entries(headers)).toEqual(Object.entries(given.headers))
      expect(value).toEqual(given.value && Buffer.from(given.value))
    }),
  )
})

test('sorts the records of a partition by offset, apart from those of every other', () => {
  const place = fc.record({
    topicId: fc.nat(0xff_ff_ff_ff),
    partition: fc.nat(0xff_ff),
    at: fc.bigInt({ min: 0n, max: 2n ** 63n }),
  })
  fc.assert(
    fc.property(place, place, (left, right) => {
      const [leftKey, rightKey] = [left, right].map(({ topicId, partition, at }) =>
        recordKey(partitionKey(topicId, partition), at),
      )
      const order = [left.topicId - right.topicId, left.partition - right.partition, Number(left.at - right.at)]
      expect(Math.sign(Buffer.compare(leftKey!, rightKey!))).toBe(Math.sign(order.find((each) => each !== 0) ?? 0))
      expect(offsetOfKey(leftKey!)).toBe(left.at)
    }),
  )
})
