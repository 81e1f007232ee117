import { setImmediate } from 'node:timers/promises'
import { decompress as decompressZstd } from 'fzstd'
import lz4 from 'lz4js'
import { cityHash128 } from './city-hash.ts'
import { lz4Block, lz4Literals, piecesOf } from './lz4-blocks.ts'

const CHECKSUM_BYTES = 16
/** Method, and the lengths with and without compression, of which the first counts this header as well. */
const HEADER_BYTES = 9
const NONE = 0x02
const LZ4 = 0x82
const ZSTD = 0x90
/** A block that says it holds more is none of a client's, bytes. */
const MAX_BLOCK_BYTES = 64 << 20

/** What ClickHouse answers with for `compress=1`: blocks of LZ4, each with its checksum. Others have their turn between two blocks. */
export async function compressBlocks(bytes: Buffer): Promise<Buffer> {
  const blocks: Buffer[] = []
  for (const piece of piecesOf(bytes)) {
    blocks.push(block(piece))
    await setImmediate()
  }
  return Buffer.concat(blocks)
}

function block(bytes: Buffer): Buffer {
  // The Java client reads blocks of LZ4 alone, also where nothing gets smaller.
  const content = lz4Block(bytes) ?? lz4Literals(bytes)
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(LZ4, 0)
  header.writeUInt32LE(content.length + HEADER_BYTES, 1)
  header.writeUInt32LE(bytes.length, 5)
  const checked = Buffer.concat([header, content])
  return Buffer.concat([cityHash128(checked), checked])
}

/** What a client sends with `decompress=1`. Errors: RangeError, for what are no such blocks or hold more than `mostBytes`. */
export function decompressBlocks(bytes: Buffer, mostBytes: number): Buffer {
  const contents: Uint8Array[] = []
  let held = 0
  for (let at = 0; at < bytes.length;) {
    const header = bytes.subarray(at + CHECKSUM_BYTES, at + CHECKSUM_BYTES + HEADER_BYTES)
    const [length, contentBytes] = [header.readUInt32LE(1), header.readUInt32LE(5)]
    const checked = bytes.subarray(at + CHECKSUM_BYTES, at + CHECKSUM_BYTES + length)
    held += contentBytes
    if (checked.length !== length || length < HEADER_BYTES || contentBytes > MAX_BLOCK_BYTES || held > mostBytes)
      throw new RangeError('no block, or one that is too large')
    if (!cityHash128(checked).equals(bytes.subarray(at, at + CHECKSUM_BYTES))) throw new RangeError('a wrong checksum')
    contents.push(decompressed(checked[0]!, checked.subarray(HEADER_BYTES), contentBytes))
    at += CHECKSUM_BYTES + length
  }
  return Buffer.concat(contents)
}

function decompressed(method: number, content: Buffer, bytes: number): Uint8Array {
  if (method === NONE) return content
  const whole = new Uint8Array(bytes)
  if (method === LZ4) {
    if (lz4.decompressBlock(content, whole, 0, content.length, 0) !== bytes) throw new RangeError('a wrong length')
    return whole
  }
  if (method === ZSTD) return decompressZstd(content, whole)
  throw new RangeError('an unknown method of compression')
}
