import * as fc from 'fast-check'
import Encoder from 'kafkajs/src/protocol/encoder.js'
import kafkajsFetch from 'kafkajs/src/protocol/requests/fetch/index.js'
import kafkajsProduce from 'kafkajs/src/protocol/requests/produce/index.js'
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import type { LogRecord, StoredRecord } from '../../../log/record.ts'
import { FIRST_TIMESTAMP, LOG_APPEND_TIME, MAGIC, MAX_TIMESTAMP } from '../../../log/kafka/format/batch-format.ts'
import { compressBatch } from '../../../log/kafka/format/compress-batch.ts'
import { crc32c } from '../../../log/kafka/format/crc32c.ts'
import type { FetchRequest } from '../../../log/kafka/client/kafka-broker.ts'
import { decodeFetch, encodeFetch } from '../../../log/kafka/consume/fetch-records.ts'
import { KafkaBatch } from '../../../log/kafka/format/kafka-batch.ts'
import { decodeProduce, encodeProduce } from '../../../log/kafka/produce/produce.ts'
import { DELTA_BYTES, sealBatch } from '../../../log/kafka/format/write-batch.ts'
import { SEQUENCE_HEADER, sequenceOf } from '../../../log/record-headers.ts'
import { BATCH_OVERHEAD, recordBytes } from '../../../log/record-size.ts'
import { storedBatch, withAttributes, withChecksum } from './record-set.ts'

const PLACE = { topic: 'topic', partition: 3 }
const END = offset(2n ** 63n - 1n)

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ maxLength: 80 }),
  fc.constantFrom('', '__proto__', 'x'.repeat(64), 'ä'.repeat(40), 'x'.repeat(9000)),
)
const record: fc.Arbitrary<LogRecord> = fc.record({
  key: text,
  value: fc.option(fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))),
  headers: fc.dictionary(fc.oneof(text, fc.constant(SEQUENCE_HEADER)), fc.oneof(text, fc.nat().map(String)), {
    maxKeys: 4,
  }),
  timestamp: fc.integer({ min: 10 ** 12, max: 10 ** 13 - 1 }),
})
const records = fc.array(record, { minLength: 1, maxLength: 12 })

function plain({ topic, partition, offset: at, key, value, headers, timestamp, sequence }: StoredRecord) {
  return {
    topic,
    partition,
    offset: at,
    key,
    value,
    headers,
    timestamp,
    sequence,
  }
}

function readAll(recordSet: Buffer) {
  const found: StoredRecord[] = []
  for (const batch of KafkaBatch.in(recordSet)) batch.addTo(found, PLACE, offset(0), END)
  return found.map(plain)
}

function stored(first: number, all: readonly LogRecord[]) {
  return all.map((each, place) => ({
    ...PLACE,
    offset: BigInt(first + place),
    ...each,
    sequence: sequenceOf(each.headers[SEQUENCE_HEADER]),
  }))
}

const SESSION = 19

/** An answer to a fetch, by kafkajs's encoder. */
function fetchAnswer(version: number, recordSet: Buffer): Buffer {
  const partition = new Encoder().writeInt32(3).writeInt16(9).writeInt64('11').writeInt64('12').writeInt64('13')
  partition.writeArray([new Encoder().writeInt64('77').writeInt64('5')])
  if (version >= 11) partition.writeInt32(-1)
  partition.writeBytes(recordSet)
  const topics = [new Encoder().writeString('topic').writeArray([partition])]
  return new Encoder().writeInt32(21).writeInt16(4).writeInt32(SESSION).writeArray(topics).buffer
}

describe('a Kafka batch', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 3 }), fc.nat(), (batches, first) => {
        let at = first
        const expected = batches.flatMap((each) => stored((at += each.length) - each.length, each))
        at = first
        const recordSet = Buffer.concat(batches.map((each) => storedBatch((at += each.length) - each.length, each)))
        expect(readAll(recordSet)).toEqual(expected)
      }),
    )
  })

  test('is written byte for byte as kafkajs writes it', async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.option(fc.constant('transaction')), async (unsorted, transactionalId) => {
        // kafkajs counts times from the earliest, this from the first.
        const all = unsorted.toSorted((left, right) => left.timestamp - right.timestamp)
        const producer = { producerId: '5', producerEpoch: 2, ...(transactionalId && { transactionalId }) }
        const messages = all.map((each) => ({ ...each, timestamp: String(each.timestamp) }))
        const topicData = [{ topic: 'topic', partitions: [{ partition: 3, firstSequence: 8, messages }] }]
        const request = { ...producer, acks: -1, timeout: 10_000, topicData }
        const theirs = await kafkajsProduce.protocol({ version: 7 })(request).request.encode()
        const bytes = all.reduce((sum, each) => sum + recordBytes(each) + DELTA_BYTES, 0)
        const ours = await encodeProduce(producer, [{ ...PLACE, records: all, bytes, firstSequence: 8 }], 'none')
        expect(ours.equals(theirs.buffer)).toBe(true)
      }),
    )
  })

  test.each([7, 8, 9, 10, 11])('is found in an answer of version %i where kafkajs finds it', async (version) => {
    await fc.assert(
      fc.asyncProperty(records, async (all) => {
        const recordSet = storedBatch(100, all)
        const answer = fetchAnswer(version, Buffer.concat([recordSet, recordSet.subarray(0, 70)]))
        const theirs = await kafkajsFetch.protocol({ version })({}).response.decode(answer)
        const ours = decodeFetch(answer, version)
        expect(ours.clientSideThrottleTime).toBe(theirs.clientSideThrottleTime)
        expect(ours.errorCode).toBe(theirs.errorCode)
        expect(ours.sessionId).toBe(SESSION)
        const [partition] = theirs.responses[0]!.partitions
        expect(ours.responses[0]).toMatchObject({
          topicName: 'topic',
          partitions: [{ partition: 3, errorCode: 9, abortedTransactions: [{ producerId: 77n, firstOffset: 5n }] }],
        })
        const theirRecords = partition!.messages.map(({ offset: at, timestamp, key, value, headers: theirHeaders }) => {
          const headers: Record<string, string> = Object.fromEntries(
            Object.entries(theirHeaders).map(([name, content]) => [
              name,
              String(Array.isArray(content) ? content.at(-1) : content),
            ]),
          )
          const sequence = sequenceOf(headers[SEQUENCE_HEADER])
          const place = { ...PLACE, offset: BigInt(at) }
          return { ...place, key: String(key), value, headers, timestamp: Number(timestamp), sequence }
        })
        expect(readAll(ours.responses[0]!.partitions[0]!.recordSet)).toEqual(theirRecords)
      }),
      { numRuns: 30 },
    )
  })

  test('takes no more room than its records were counted with', () => {
    fc.assert(
      fc.property(records, (all) => {
        const counted = all.reduce((sum, each) => sum + recordBytes(each) + DELTA_BYTES, BATCH_OVERHEAD)
        expect(storedBatch(0, all).length).toBeLessThanOrEqual(counted)
        for (const each of all) expect(storedBatch(0, [each])).toHaveLength(recordBytes(each) + BATCH_OVERHEAD)
      }),
    )
  })

  test('is compressed where that makes it smaller', async () => {
    const all: LogRecord[] = [{ key: 'key', value: Buffer.alloc(1000), headers: {}, timestamp: 5 }]
    const batch = storedBatch(1, all)
    const packed = sealBatch(await compressBatch(batch, 'gzip'))
    expect(packed.length).toBeLessThan(batch.length / 2)
    expect(readAll(packed)).toEqual(stored(1, all))
    const random = storedBatch(1, [{ ...all[0]!, value: randomBytes(1000) }])
    expect(await compressBatch(random, 'gzip')).toBe(random)
    expect(await compressBatch(batch, 'none')).toBe(batch)
  })

  test('may be compressed by others, and stamped by the broker', () => {
    const all: LogRecord[] = [{ key: 'key', value: Buffer.from('value'), headers: {}, timestamp: 5 }]
    const batch = storedBatch(1, all)
    const packed = Buffer.concat([batch.subarray(0, BATCH_OVERHEAD), gzipSync(batch.subarray(BATCH_OVERHEAD))])
    packed.writeInt32BE(packed.length - 12, 8)
    packed.writeBigInt64BE(99n, MAX_TIMESTAMP)
    expect(readAll(withAttributes(packed, 1 | LOG_APPEND_TIME))).toEqual([
      { ...stored(1, all)[0], timestamp: 99, sequence: 0 },
    ])
    expect(() => readAll(withAttributes(packed, 5))).toThrow(expect.objectContaining({ code: 'StorageError' }))
  })

  test('of a foreign producer may lack a key, a value and text in headers, and name one twice', () => {
    const content = Buffer.from([0, 0, 0, 1, 1, 6, 2, 97, 2, 49, 2, 97, 2, 50, 2, 98, 1])
    const batch = storedBatch(0, [{ key: '', value: null, headers: {}, timestamp: 5 }])
    const foreign = Buffer.concat([batch.subarray(0, BATCH_OVERHEAD), Buffer.from([content.length * 2]), content])
    foreign.writeInt32BE(foreign.length - 12, 8)
    expect(readAll(withChecksum(foreign))).toEqual([
      { ...PLACE, offset: 0n, key: '', value: null, headers: { a: '2' }, timestamp: 5, sequence: 0 },
    ])
  })

  test.each([
    ['far ahead', 2n ** 63n - 1n, [0], 2 ** 51],
    ['far back', -(2n ** 63n), [0], -(2 ** 51)],
    ['far ahead, and of one long before it', 2n ** 60n, [...Array<number>(8).fill(0xff), 0x1f], 0],
  ])('of a foreign producer whose clock is %s can be written again', (_, first, delta, expected) => {
    const content = Buffer.from([0, ...delta, 0, 1, 1, 0])
    const batch = storedBatch(0, [{ key: '', value: null, headers: {}, timestamp: 5 }])
    const foreign = Buffer.concat([batch.subarray(0, BATCH_OVERHEAD), Buffer.from([content.length * 2]), content])
    foreign.writeInt32BE(foreign.length - 12, 8)
    foreign.writeBigInt64BE(first, FIRST_TIMESTAMP)
    const [read] = readAll(withChecksum(foreign))
    expect(read).toMatchObject({ timestamp: expected })
    const letters = [read!, { ...read!, timestamp: 5 }, { ...read!, timestamp: -(2 ** 51) }]
    expect(readAll(storedBatch(0, letters)).map(({ timestamp }) => timestamp)).toEqual([expected, 5, -(2 ** 51)])
  })

  test('that is damaged, or of an old format, is refused with its offset', () => {
    const damaged = storedBatch(17, [{ key: 'key', value: Buffer.from('value'), headers: {}, timestamp: 5 }])
    damaged[BATCH_OVERHEAD + 5]! ^= 1
    expect(() => readAll(damaged)).toThrow('the batch at offset 17 is damaged')
    damaged[MAGIC] = 1
    expect(() => readAll(damaged)).toThrow('the batch at offset 17 is in a format from before Kafka 0.11')
    expect(() => readAll(damaged.subarray(0, 30))).toThrow(expect.objectContaining({ code: 'StorageError' }))
  })
})

describe('a fetch request', () => {
  test.each([7, 8, 9, 10, 11])('of version %i is written byte for byte as kafkajs writes it', async (version) => {
    const topics = [
      { topic: 'topic', partitions: [{ partition: 3, fetchOffset: 2n ** 40n, maxBytes: 1000 }] },
      { topic: 'täst', partitions: [1, 2].map((partition) => ({ partition, fetchOffset: 0n, maxBytes: 2 ** 20 })) },
    ]
    const forgotten = [{ topic: 'gone', partitions: [0, 5] }]
    const request = { maxWaitTime: 500, minBytes: 1, maxBytes: 2 ** 24, sessionId: 77, sessionEpoch: 3 }
    const theirs = await kafkajsFetch
      .protocol({ version })({ ...request, topics: topics.map(withTexts), forgottenTopics: forgotten })
      .request.encode()
    expect(encodeFetch({ ...request, topics, forgotten }, version).toString('hex')).toBe(theirs.buffer.toString('hex'))
  })
})

function withTexts({ topic, partitions }: FetchRequest['topics'][number]) {
  return { topic, partitions: partitions.map((each) => ({ ...each, fetchOffset: String(each.fetchOffset) })) }
}

describe('the checksum', () => {
  test('is CRC-32C', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat({ max: 100 }), (bytes, start) => {
        let crc = 0xff_ff_ff_ff
        for (const byte of bytes.subarray(start)) {
          crc ^= byte
          for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0)
        }
        expect(crc32c(bytes, start)).toBe(~crc >>> 0)
      }),
    )
  })
})

describe('the answer to a produce request', () => {
  test.each([3, 4, 5, 6, 7])('of version %i is read as kafkajs reads it', async (version) => {
    const partition = (id: number, code: number, base: string): Encoder => {
      const answer = new Encoder().writeInt32(id).writeInt16(code).writeInt64(base).writeInt64('-1')
      return version >= 5 ? answer.writeInt64('0') : answer
    }
    const topic = new Encoder().writeString('topic').writeArray([partition(0, 0, '42'), partition(3, 6, '-1')])
    const answer = new Encoder().writeArray([topic]).writeInt32(7).buffer
    const theirs = await kafkajsProduce.protocol({ version })({}).response.decode(answer)
    const { answers, clientSideThrottleTime } = decodeProduce(answer, version)
    expect(answers).toEqual([
      { topic: 'topic', partition: 0, errorCode: 0, baseOffset: 42n },
      { topic: 'topic', partition: 3, errorCode: 6, baseOffset: -1n },
    ])
    expect(theirs).toMatchObject({ topics: [{ partitions: [{ baseOffset: '42' }, { errorCode: 6 }] }] })
    expect({ clientSideThrottleTime }).toEqual({
      clientSideThrottleTime: (theirs as { clientSideThrottleTime?: number }).clientSideThrottleTime,
    })
  })
})
