import { setImmediate } from 'node:timers/promises'
import lz4 from 'lz4js'

/** What a block holds at most before it is compressed, bytes: `min_compress_block_size` of ClickHouse, and the least of LZ4's frames. */
const BLOCK_BYTES = 65_536

/** Bytes in pieces, of which each makes a block. */
export function* piecesOf(bytes: Buffer): Generator<Buffer, void, undefined> {
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) yield bytes.subarray(at, at + BLOCK_BYTES)
}

/** A block of LZ4; null where nothing gets smaller. */
export function lz4Block(bytes: Buffer): Buffer | null {
  const compressed = Buffer.alloc(lz4.compressBound(bytes.length))
  const length = lz4.compressBlock(bytes, compressed, 0, bytes.length, new Uint32Array(1 << 16))
  return length > 0 && length < bytes.length ? compressed.subarray(0, length) : null
}

/** Bytes as they are, in LZ4's form: one sequence without a match. */
export function lz4Literals(bytes: Buffer): Buffer {
  const { length } = bytes
  if (length < 15) return Buffer.concat([Buffer.from([length << 4]), bytes])
  const rest = length - 15
  const head = Buffer.alloc(2 + Math.floor(rest / 255), 0xff)
  head[0] = 0xf0
  head[head.length - 1] = rest % 255
  return Buffer.concat([head, bytes])
}

/** Magic; version 1, blocks by themselves; of 64 KiB; a checksum of these two. */
const FRAME_HEADER = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82])
const FRAME_END = Buffer.alloc(4)
const IS_PLAIN = 0x8000_0000

/** A frame of LZ4 (github.com/lz4/lz4, doc/lz4_Frame_format.md), as it is called by `Content-Encoding: lz4`. Others have their turn between two blocks. */
export async function lz4Frame(bytes: Buffer): Promise<Buffer> {
  const parts: Buffer[] = [FRAME_HEADER]
  for (const plain of piecesOf(bytes)) {
    const compressed = lz4Block(plain)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(compressed === null ? (IS_PLAIN | plain.length) >>> 0 : compressed.length)
    parts.push(length, compressed ?? plain)
    await setImmediate()
  }
  return Buffer.concat([...parts, FRAME_END])
}
