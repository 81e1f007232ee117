import lz4 from 'lz4js'

const MAGIC = 0x184d2204
const BLOCK_CHECKSUM = 0x10
const CONTENT_SIZE = 0x08
const CONTENT_CHECKSUM = 0x04
const DICTIONARY_ID = 0x01

/** One LZ4 frame after the other: clients compress every block by itself, and `lz4js` reads the first alone. */
export function decompressLz4Frames(bytes: Uint8Array): Buffer {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const contents: Uint8Array[] = []
  for (let start = 0; start < source.length;) {
    const end = endOfFrame(source, start)
    contents.push(lz4.decompress(source.subarray(start, end)))
    start = end
  }
  return Buffer.concat(contents)
}

/** Header, blocks with their length before them, a length of 0: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md */
function endOfFrame(source: Buffer, start: number): number {
  if (source.readUInt32LE(start) !== MAGIC) throw new RangeError('no LZ4 frame')
  const flags = source.readUInt8(start + 4)
  let at = start + 4 + 2 + (flags & CONTENT_SIZE ? 8 : 0) + (flags & DICTIONARY_ID ? 4 : 0) + 1
  for (;;) {
    // The highest bit says that the block is not compressed.
    const length = source.readUInt32LE(at) & 0x7fffffff
    at += 4
    if (length === 0) break
    at += length + (flags & BLOCK_CHECKSUM ? 4 : 0)
  }
  return at + (flags & CONTENT_CHECKSUM ? 4 : 0)
}
