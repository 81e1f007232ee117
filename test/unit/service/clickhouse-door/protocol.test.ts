import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { decompressLz4Frames } from '../../../../stack/clickhouse/lz4-frames.ts'
import { cityHash128 } from '../../../../service/clickhouse-door/protocol/city-hash.ts'
import { lz4Frame } from '../../../../service/clickhouse-door/protocol/lz4-blocks.ts'
import { compressBlocks, decompressBlocks } from '../../../../service/clickhouse-door/protocol/native-compression.ts'
import { inRevision } from '../../../../service/clickhouse-door/protocol/native-revision.ts'
import { withoutFigures } from '../../../../service/clickhouse-door/answer/answer-formats.ts'

const LENGTHS = [0, 1, 7, 8, 9, 14, 15, 16, 17, 33, 127, 128, 129, 143, 144, 145, 300, 65_535, 65_536, 65_537, 200_000]

const KNOWN_HASHES = [
  '2b9ac064fc9df03d291ee592c340b53c',
  '8669a11d6bfa08312d6150c2f01b3032',
  '49428ebbb3429b76f3d66d7716ae00cd',
  '9a5158e0f1cc0156ef3f3328ca2f51f8',
  '792b9c7fab9ce7217a3f3135c21556a3',
  'e996eaeff51019ca85b8e823598122e6',
  'df3172f52adfe60c0667ff4b8084b9cb',
  '11ae28450c6a30d6ef1725ab1ce5c237',
]

describe('what clients and the door say to each other byte by byte', () => {
  test('blocks come back as they were, whatever is in them', async () => {
    for (const length of LENGTHS) {
      for (const bytes of [randomBytes(length), Buffer.alloc(length, 'abc ')]) {
        expect(decompressBlocks(await compressBlocks(bytes), length).equals(bytes)).toBe(true)
        expect(decompressLz4Frames(await lz4Frame(bytes)).equals(bytes)).toBe(true)
      }
    }
    const blocks = await compressBlocks(Buffer.from('SELECT 1'))
    for (let at = 0; at < blocks.length; at++) {
      const spoiled = Buffer.from(blocks)
      spoiled[at]! ^= 1
      expect(() => decompressBlocks(spoiled, 100)).toThrow(RangeError)
    }
    const large = await compressBlocks(Buffer.alloc(101))
    expect(() => decompressBlocks(large, 100)).toThrow(RangeError)
  })

  test('a hash of each way in which it is made, as the Java client makes it', () => {
    // By ClickHouseCityHash of clickhouse-data 0.9.8.
    const hashes = [0, 3, 5, 9, 16, 20, 130, 300].map((length) => {
      const bytes = Buffer.from(Array.from({ length }, (_, place) => (place * 7 + 3) & 255))
      return cityHash128(bytes).toString('hex')
    })
    expect(hashes).toEqual(KNOWN_HASHES)
  })

  test('the native format in a revision says more of blocks and columns', () => {
    const native = Buffer.from('\x01\x02\x01a\x06String\x01x\x02yz\x01\x01\x01a\x06String\x00', 'latin1')
    expect(inRevision(native, 0)).toBe(native)
    const info = '\x01\x00\x02\xff\xff\xff\xff\x00'
    const blocks = (form: string): string =>
      `${info}\x01\x02\x01a\x06String${form}\x01x\x02yz${info}\x01\x01\x01a\x06String${form}\x00`
    expect(inRevision(native, 54_405).toString('latin1')).toBe(blocks(''))
    expect(inRevision(native, 54_460).toString('latin1')).toBe(blocks('\x00'))
  })

  test('of how many rows the engine had before a LIMIT an answer says nothing, whatever texts it holds', () => {
    const told = ',\n\n\t"rows_before_limit_at_least": 12'
    const answer = `{"data":["${JSON.stringify(told).slice(1, -1)}"],\n\n\t"rows": 1${told}\n}\n`
    expect(withoutFigures('JSON', Buffer.from(answer)).toString()).toBe(answer.replace(`${told}\n}`, '\n}'))
    expect(withoutFigures('TSV', Buffer.from(answer)).toString()).toBe(answer)
  })
})
