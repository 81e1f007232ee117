import { Readable } from 'node:stream'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readLines } from '../../../service/ingest/read-lines.ts'

async function linesOf(chunks: readonly Uint8Array[], maxBytes = 1000): Promise<(string | null)[]> {
  const lines: (string | null)[] = []
  const input = Readable.from(chunks.map((chunk) => Buffer.from(chunk)))
  for await (const together of readLines(input, maxBytes))
    for (const { number, bytes } of together) {
      lines.push(bytes === null ? null : bytes.toString('latin1'))
      expect(number).toBe(lines.length)
    }
  return lines
}

test('splits at line feeds alone, whatever the chunks, with or without a last one', async () => {
  const property = fc.asyncProperty(
    fc.uint8Array({ max: 255, maxLength: 60 }).map((bytes) => bytes.map((byte) => (byte % 5 === 0 ? 10 : byte))),
    fc.array(fc.nat({ max: 60 }), { maxLength: 5 }),
    async (bytes, cuts) => {
      const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b), bytes.length]
      const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end))
      const expected = Buffer.from(bytes).toString('latin1').split('\n')
      if (expected.at(-1) === '') expected.pop()
      expect(await linesOf(chunks.filter(({ length }) => length > 0))).toEqual(expected)
    },
  )
  await fc.assert(property)
})

test('lets go of a line that is too long, and goes on behind it', async () => {
  const text = (value: string) => Buffer.from(value)
  expect(await linesOf([text('abcd\nabcde\nab'), text('cdef\nx')], 4)).toEqual(['abcd', null, null, 'x'])
})

test('gives no line of nothing', async () => {
  expect(await linesOf([])).toEqual([])
})
