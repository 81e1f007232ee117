import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { decompress as decompressZstd } from 'fzstd'
import { decompressLz4Frames } from './lz4-frames.ts'
import { ServerError } from './server-error.ts'

type Transform = (bytes: Uint8Array) => Promise<Uint8Array>

const gunzipped = promisify(gunzip)
const inflated = promisify(inflate)
const unbrotlied = promisify(brotliDecompress)

const decoders = new Map<string, Transform>([
  ['identity', async (bytes) => bytes],
  ['gzip', (bytes) => gunzipped(bytes)],
  ['deflate', (bytes) => inflated(bytes)],
  ['br', (bytes) => unbrotlied(bytes)],
  ['zstd', async (bytes) => decompressZstd(bytes)],
  ['lz4', async (bytes) => decompressLz4Frames(bytes)],
])

/** A body as it was before its `Content-Encoding`. Errors: ServerError. */
export async function decodeBody(bytes: Buffer, encoding: string): Promise<Buffer> {
  const decode = decoders.get(encoding.toLowerCase())
  if (decode === undefined) throw new ServerError(48, 'NOT_IMPLEMENTED', `Unknown compression method ${encoding}`)
  if (bytes.length === 0) return bytes
  try {
    return Buffer.from(await decode(bytes))
  } catch (error) {
    throw new ServerError(354, 'ZLIB_INFLATE_FAILED', `Cannot decode the ${encoding} body: ${String(error)}`)
  }
}
