import { unzipSync } from 'node:zlib'
import { decompress as decompressZstd } from 'fzstd'
import lz4 from 'lz4js'
import snappy from 'snappyjs'
import { ExperienceError } from '../../../base/experience-error.ts'

/** Decompresses the records of a batch, which producers other than ours may compress, by the number of Kafka's codec. */
export function decompress(codec: number, bytes: Buffer): Buffer {
  switch (codec) {
    case 0:
      return bytes
    case 1:
      return unzipSync(bytes)
    case 2:
      return asBuffer(decompressSnappy(bytes))
    case 3:
      return asBuffer(lz4.decompress(bytes))
    case 4:
      return asBuffer(decompressZstd(bytes))
    default:
      throw new ExperienceError('StorageError', `the codec of compressed records is unknown (${codec})`)
  }
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

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
