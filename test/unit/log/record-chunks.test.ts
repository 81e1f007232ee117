import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chunkRecords } from '../../../log/kafka/produce/record-chunks.ts'
import { pickChunks } from '../../../log/kafka/produce/sent-batches.ts'
import { BATCH_OVERHEAD, recordBytes } from '../../../log/record-size.ts'

const MAX_BYTES = 5000

const requests = fc.array(
  fc.record({
    topic: fc.constantFrom('a', 'b'),
    record: fc.record({
      key: fc.constantFrom('0', '1', '2'),
      value: fc.uint8Array({ maxLength: 3000 }),
      headers: fc.constant({ kind: 'OutcomeRecorded' }),
      timestamp: fc.nat(),
    }),
  }),
  { maxLength: 30 },
)
function chunksOf(all: Parameters<typeof chunkRecords>[0]) {
  return chunkRecords(all, ({ topic, record }) => ({ topic, partition: Number(record.key), maxBytes: MAX_BYTES }))
}

describe('chunks of an append', () => {
  test('hold every record once, in order within a partition, and fit in a Kafka batch', () => {
    fc.assert(
      fc.property(requests, (all) => {
        const chunks = chunksOf(all)
        expect(chunks.flatMap(({ indexes }) => indexes).toSorted((left, right) => left - right)).toEqual([
          ...all.keys(),
        ])
        for (const { topic, partition, records, indexes, bytes } of chunks) {
          expect(indexes).toEqual(indexes.toSorted((left, right) => left - right))
          expect(records).toEqual(indexes.map((index) => all[index]!.record))
          expect(bytes >= indexes.reduce((sum, index) => sum + recordBytes(all[index]!.record), 0)).toBe(true)
          if (records.length > 1) expect(bytes).toBeLessThanOrEqual(MAX_BYTES - BATCH_OVERHEAD)
          for (const index of indexes) expect(all[index]).toMatchObject({ topic, record: { key: String(partition) } })
        }
      }),
    )
  })

  test('are picked so that those of a partition fit in one batch, and keep their order', () => {
    fc.assert(
      fc.property(requests, (all) => {
        let queue = chunksOf(all)
        const sent = new Map<string, number[]>()
        while (queue.length > 0) {
          const picked = pickChunks(queue)
          expect(picked.has(queue[0]!)).toBe(true)
          const batches = new Map<string, { bytes: number; chunks: number }>()
          for (const { topic, partition, indexes, bytes } of picked) {
            const name = `${topic} ${partition}`
            sent.set(name, [...(sent.get(name) ?? []), ...indexes])
            const batch = batches.get(name) ?? { bytes: 0, chunks: 0 }
            batches.set(name, { bytes: batch.bytes + bytes, chunks: batch.chunks + 1 })
          }
          for (const { bytes, chunks } of batches.values()) {
            if (chunks > 1) expect(bytes).toBeLessThanOrEqual(MAX_BYTES - BATCH_OVERHEAD)
          }
          queue = queue.filter((chunk) => !picked.has(chunk))
        }
        for (const indexes of sent.values()) expect(indexes).toEqual(indexes.toSorted((left, right) => left - right))
      }),
    )
  })

  test('refuse a record that is larger than a batch may be', () => {
    const record = { key: '0', value: new Uint8Array(MAX_BYTES), headers: {}, timestamp: 0 }
    expect(() => chunksOf([{ topic: 'a', record }])).toThrow(
      expect.objectContaining({ code: 'InvalidQuery', field: 'event' }),
    )
  })
})
