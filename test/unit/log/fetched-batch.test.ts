import { describe, expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import type { LogRecord } from '../../../log/record.ts'
import { LAST_OFFSET_DELTA, PRODUCER_ID } from '../../../log/kafka/format/batch-format.ts'
import { fetchedBatch } from '../../../log/kafka/format/fetched-batch.ts'
import { storedBatch, withChecksum } from './record-set.ts'

const PARTITION = { topic: 'topic', partition: 0 }

function record(at: number): LogRecord {
  return {
    key: `key ${at}`,
    value: Buffer.from(`value ${at}`),
    headers: { place: String(at) },
    timestamp: 5,
  }
}

function batch(at: number, of: { producer?: bigint; marker?: boolean; count?: number } = {}): Buffer {
  const records = Array.from({ length: of.count ?? 1 }, (_, place) => record(at + place))
  const origin = of.producer === undefined ? {} : { producerId: of.producer }
  return storedBatch(at, records, { ...origin, isControl: of.marker === true })
}

function batchOf(
  batches: Buffer[],
  abortedTransactions: { producerId: bigint; firstOffset: bigint }[] = [],
  first = 0,
  limit?: number,
) {
  return fetchedBatch(
    PARTITION,
    { abortedTransactions, recordSet: Buffer.concat(batches) },
    offset(first),
    limit === undefined ? undefined : offset(limit),
  )
}

function offsetsIn(fetched: ReturnType<typeof batchOf>) {
  return fetched?.records.map((each) => Number(each.offset))
}

describe('a fetched batch', () => {
  test('is none where nothing came', () => {
    expect(batchOf([])).toBeNull()
    expect(batchOf([batch(3), batch(4)], [], 5)).toBeNull()
    expect(batchOf([batch(3, { count: 2 })], [], 5)).toBeNull()
  })

  test('leaves out what was fetched before its beginning, and ends at the limit', () => {
    for (const batches of [[batch(3), batch(4), batch(5), batch(6)], [batch(3, { count: 4 })]]) {
      const fetched = batchOf(batches, [], 4, 6)
      expect(offsetsIn(fetched)).toEqual([4, 5])
      expect(fetched).toMatchObject({ first: 4n, next: 6n })
    }
  })

  test('spans markers at its end, also when it holds nothing else', () => {
    expect(batchOf([batch(0), batch(1, { producer: 7n, marker: true })])).toMatchObject({ next: 2n })
    const only = batchOf([batch(1, { producer: 7n, marker: true })], [], 1)
    expect(only).toEqual({ ...PARTITION, first: 1n, next: 2n, records: [], heldBytes: 0 })
  })

  test('spans offsets whose records are gone', () => {
    const compacted = batch(0)
    compacted.writeInt32BE(3, LAST_OFFSET_DELTA)
    const fetched = batchOf([withChecksum(compacted)])
    expect(offsetsIn(fetched)).toEqual([0])
    expect(fetched).toMatchObject({ next: 4n })
    expect(batchOf([compacted], [], 2)).toMatchObject({ first: 2n, next: 4n, records: [] })
  })

  test('leaves out aborted records up to the marker of their producer, and no others', () => {
    const [a, b] = [1n, 2n]
    const batches = [
      batch(0, { producer: a }),
      batch(1, { producer: b }),
      batch(2),
      batch(3, { producer: a, marker: true }),
      batch(4, { producer: a }),
      batch(5, { producer: b, marker: true }),
      batch(6, { producer: b, count: 2 }),
      batch(8, { producer: a, marker: true }),
      batch(9, { producer: b, marker: true }),
    ]
    const aborted = [
      { producerId: b, firstOffset: 6n },
      { producerId: a, firstOffset: 0n },
    ]
    expect(offsetsIn(batchOf(batches, aborted))).toEqual([1, 2, 4])
  })

  test('takes no batch without a transaction for an aborted one', () => {
    const untransacted = batch(1)
    untransacted.writeBigInt64BE(1n, PRODUCER_ID)
    const batches = [batch(0, { producer: 1n }), withChecksum(untransacted), batch(2, { producer: 1n, marker: true })]
    expect(offsetsIn(batchOf(batches, [{ producerId: 1n, firstOffset: 0n }]))).toEqual([1])
  })

  test('tells of each record what was appended', () => {
    const read = batchOf([batch(7)], [], 7)?.records.map(
      ({ topic, partition, offset: at, key, value, headers, timestamp }) => ({
        topic,
        partition,
        offset: at,
        key,
        value,
        headers,
        timestamp,
      }),
    )
    expect(read).toEqual([{ ...PARTITION, offset: 7n, ...record(7) }])
  })
})
