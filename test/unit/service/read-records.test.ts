import { expect, test } from 'vitest'
import { readRecords } from '../../../service/http/ingest/read-records.ts'

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

function behindLengths(records: readonly Buffer[]): Buffer {
  return Buffer.concat(records.flatMap((each) => [Buffer.from([0, 0, each.length >> 8, each.length & 255]), each]))
}

async function read(bytes: Buffer, size: number, held: number[] = []): Promise<Buffer[]> {
  const records: Buffer[] = []
  const options = { maxBytes: 1000, holds: (count: number) => void held.push(count) }
  for await (const together of readRecords(inChunks(bytes, size), options)) records.push(...together)
  return records
}

test('splits records whatever the chunks, and holds one that is not whole', async () => {
  const records = [0, 1, 300, 1000, 7].map((length) => Buffer.alloc(length, length))
  for (const size of [1, 3, 4, 5, 500, 10_000]) {
    const held: number[] = []
    expect(await read(behindLengths(records), size, held)).toEqual(records)
    expect(Math.max(...held)).toBeLessThanOrEqual(1004)
    expect(held.at(-1)).toBe(0)
  }
})

test('refuses a length that no record has, and an end within a record', async () => {
  await expect(read(Buffer.from('{"event_id"'), 4)).rejects.toMatchObject({ status: 400, field: 'body' })
  await expect(read(behindLengths([Buffer.alloc(9)]).subarray(0, 12), 5)).rejects.toMatchObject({ status: 400 })
  await expect(read(Buffer.from([0, 0]), 5)).rejects.toMatchObject({ status: 400 })
})
