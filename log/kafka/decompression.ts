import { decompress as decompressZstd } from 'fzstd'
import kafkajs from 'kafkajs'
import lz4 from 'lz4js'
import snappy from 'snappyjs'

/**
 * Teaches kafkajs, which knows gzip alone, to read what other producers compress: one batch that cannot be read would hold up
 * its whole broker. This package writes no compressed batches, so compressing is left out.
 */
export function registerDecompression(): void {
  const { CompressionCodecs, CompressionTypes } = kafkajs
  CompressionCodecs[CompressionTypes.Snappy] = codec('snappy', decompressSnappy)
  CompressionCodecs[CompressionTypes.LZ4] = codec('lz4', (bytes) => lz4.decompress(bytes))
  CompressionCodecs[CompressionTypes.ZSTD] = codec('zstd', (bytes) => decompressZstd(bytes))
}

const codec = (name: string, decompress: (bytes: Buffer) => Uint8Array) => () => ({
  compress: () => Promise.reject(new Error(`${name} is only read, not written`)),
  decompress: async (bytes: Buffer) => Buffer.from(decompress(bytes)),
})

/** What snappy-java's streams, and so Java's producers, put before blocks of at most 32 KiB: magic, and two versions. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const XERIAL_HEADER_BYTES = 16

function decompressSnappy(bytes: Buffer): Uint8Array {
  if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return snappy.uncompress(bytes)
  const blocks: Uint8Array[] = []
  for (let at = XERIAL_HEADER_BYTES; at < bytes.length;) {
    const length = bytes.readUInt32BE(at)
    blocks.push(snappy.uncompress(bytes.subarray(at + 4, at + 4 + length)))
    at += 4 + length
  }
  return Buffer.concat(blocks)
}
