import { describe, expect, test } from 'vitest'
import { offset } from '../../../log/event-log.ts'
import { fetchedBatch } from '../../../log/kafka/fetched-batch.ts'
import type { FetchedMessage } from '../../../log/kafka/kafka-broker.ts'

const PARTITION = { topic: 'topic', partition: 0 }

const message = (at: number, of: { producer?: string; marker?: boolean; key?: Buffer } = {}): FetchedMessage => ({
  offset: String(at),
  key: of.key ?? Buffer.from(`key ${at}`),
  value: Buffer.from(`value ${at}`),
  timestamp: '5',
  attributes: 0,
  headers: {},
  isControlRecord: of.marker === true,
  batchContext: {
    firstOffset: String(at),
    lastOffsetDelta: 0,
    inTransaction: of.producer !== undefined,
    producerId: of.producer ?? '-1',
  },
})

const batchOf = (
  messages: FetchedMessage[],
  aborted: { producerId: string; firstOffset: string }[] = [],
  first = 0,
  limit?: number,
) =>
  fetchedBatch(
    PARTITION,
    { partition: 0, abortedTransactions: aborted, messages },
    offset(first),
    limit === undefined ? undefined : offset(limit),
  )

const offsetsIn = (batch: ReturnType<typeof batchOf>) => batch?.records.map((record) => Number(record.offset))

describe('a fetched batch', () => {
  test('is none where nothing came', () => {
    expect(batchOf([])).toBeNull()
    expect(batchOf([message(3), message(4)], [], 5)).toBeNull()
  })

  test('leaves out what was fetched before its beginning, and ends at the limit', () => {
    const batch = batchOf([message(3), message(4), message(5), message(6)], [], 4, 6)
    expect(offsetsIn(batch)).toEqual([4, 5])
    expect(batch).toMatchObject({ first: 4n, next: 6n })
  })

  test('spans markers at its end, also when it holds nothing else', () => {
    expect(batchOf([message(0), message(1, { producer: 'p', marker: true })])).toMatchObject({ next: 2n })
    const only = batchOf([message(1, { producer: 'p', marker: true })], [], 1)
    expect(only).toEqual({ ...PARTITION, first: 1n, next: 2n, records: [] })
  })

  test('leaves out aborted records up to the marker of their producer, and no others', () => {
    const messages = [
      message(0, { producer: 'a' }),
      message(1, { producer: 'b' }),
      message(2),
      message(3, { producer: 'a', marker: true }),
      message(4, { producer: 'a' }),
      message(5, { producer: 'b', marker: true }),
      message(6, { producer: 'b' }),
      message(7, { producer: 'a', marker: true }),
      message(8, { producer: 'b', marker: true }),
    ]
    const aborted = [
      { producerId: 'b', firstOffset: '6' },
      { producerId: 'a', firstOffset: '0' },
    ]
    expect(offsetsIn(batchOf(messages, aborted))).toEqual([1, 2, 4])
  })

  test('takes no record for a marker because of its key', () => {
    const messages = [
      message(0, { producer: 'a', key: Buffer.alloc(4) }),
      message(1, { producer: 'a' }),
      message(2, { producer: 'a', marker: true }),
    ]
    expect(offsetsIn(batchOf(messages, [{ producerId: 'a', firstOffset: '0' }]))).toEqual([])
  })

  test('keeps records of a foreign producer without key, value or text headers', () => {
    const foreign: FetchedMessage = Object.assign(message(0), {
      key: null,
      value: null,
      headers: { twice: [Buffer.from('1'), Buffer.from('2')] },
    })
    expect(batchOf([foreign])?.records).toEqual([
      { ...PARTITION, offset: 0n, key: '', value: null, headers: { twice: '2' }, timestamp: 5 },
    ])
  })
})
